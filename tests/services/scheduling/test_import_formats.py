"""A file of any kind is read by what is in it, or refused with a sentence; nothing crashes."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import Programme
from services.scheduling.importers import given_file, read_programme
from tests.services.scheduling.agendas import agenda, agenda_event
from tests.services.scheduling.calendars import PARIS, calendar, vevent
from tests.services.scheduling.schedules import day, event, room
from tests.services.scheduling.schedules import schedule as schedule_xml
from tests.services.scheduling.test_import_schedule_json import event as json_event
from tests.services.scheduling.test_import_schedule_json import schedule as schedule_json
from tests.services.scheduling.told import refusal_of

XML = schedule_xml(day(room(event("a")))).encode()
JSON = json.dumps(schedule_json(json_event("a"))).encode()
AGENDA = agenda(agenda_event(1))
CALENDAR = calendar(vevent("a", "RRULE:FREQ=DAILY;COUNT=2"))


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (XML, "frab:edition"),
        (b"\xef\xbb\xbf\n " + XML[XML.index(b"<schedule") :], "frab:edition"),
        (
            XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
            "frab:edition",
        ),
        (JSON, "frab:edition"),
        (b"\xef\xbb\xbf" + JSON, "frab:edition"),
        (AGENDA, "openagenda:edition"),
        (agenda(agenda_event(1), total=1), "openagenda:edition"),
        (CALENDAR, "ics:edition"),
        (b"\xef\xbb\xbf\r\n" + CALENDAR.replace(b"BEGIN:VCAL", b"begin:vcal"), "ics:edition"),
        (CALENDAR.replace(b"\r\n", b"\n"), "ics:edition"),
    ],
)
def test_what_is_in_a_file_decides_not_its_name(tmp_path, content, source):
    path = tmp_path / "programme.txt"
    path.write_bytes(content)

    from_bytes = read_programme(content, "edition")

    assert from_bytes.source == source
    assert len(from_bytes.sessions) == (2 if source.startswith("ics") else 1)
    assert read_programme(path, "edition") == from_bytes


@pytest.mark.parametrize(
    "content",
    [
        b"Vendredi",
        bytes(5000),
        b"Muons, samedi\n",
        b"  \n",
    ],
)
def test_what_is_none_of_them_is_refused_with_one_sentence(content):
    with pytest.raises(ImportRefused) as refusal:
        read_programme(content, "edition", name="programme.csv")

    assert refusal_of(refusal.value) == (
        "programme.csv is none of the programmes that can be read: an XLSX or CSV sheet, schedule "
        "XML or JSON (frab, pretalx), OpenAgenda JSON, iCalendar."
    )


def test_a_refusal_speaks_the_language_of_its_reader():
    with pytest.raises(ImportRefused) as refusal:
        read_programme(b"", "edition", name="programme.ics")

    assert str(refusal.value) == "programme.ics est vide."
    assert refusal_of(refusal.value) == "programme.ics is empty."


@pytest.mark.parametrize("content", [XML, JSON, AGENDA, CALENDAR])
def test_progress_is_told_up_to_the_size_of_the_file(content):
    told: list[tuple[int, int]] = []

    read_programme(content, "edition", progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (len(content), len(content))


HOSTILE: dict[str, tuple[bytes, str]] = {
    "an empty list": (b"[]", "no event of OpenAgenda"),
    "an empty object": (b"{}", "no event of OpenAgenda"),
    "another JSON": (b'{"a": [1, 2]}', "no event of OpenAgenda"),
    "a schedule of nothing": (b'{"schedule": {}}', "is JSON, but no programme"),
    "a cut list": (AGENDA[:-20], "is not sound JSON"),
    "two values": (AGENDA + b"[]", "is not sound JSON"),
    "a trailing comma": (b'[{"uid": 1},]', "is not sound JSON"),
    "not a number": (b'[{"uid": NaN}]', "is not sound JSON"),
    "infinity": (b'[{"uid": -Infinity}]', "is not sound JSON"),
    "a vast number": (b'[{"uid": 1e999}]', "is not sound JSON"),
    "many figures": (b'[{"uid": ' + b"9" * 1_000_000 + b"}]", "is not sound JSON"),
    "a name twice": (b'[{"uid": 1, "uid": 2}]', "is not sound JSON"),
    "a name twice above": (b'{"events": [], "events": []}', "is not sound JSON"),
    "deep lists": (b"[" * 1_000_000, "is not sound JSON"),
    "deep objects": (b'[{"a":' * 200_000, "is not sound JSON"),
    "a vast record": (b'[{"a": [' + b"[]," * 10_000_000 + b"[]]}]", "is not sound JSON"),
    "a vast text": (b'[{"a": "' + b"x" * 30_000_000 + b'"}]', "is not sound JSON"),
    "many records": (b"[" + b"1," * 60_000 + b"1]", "has more than 50000 entries"),
    "Latin-1": ('[{"uid": 1, "title": "é"}]'.encode("latin-1"), "is not in UTF-8"),
    "an empty calendar": (calendar(), "there is no session in it"),
    "a cut calendar": (CALENDAR[:-30], "ends too early"),
    "a cut event": (CALENDAR[: CALENDAR.index(b"DTEND")], "ends too early"),
    "a crossed end": (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "line 3"),
    "text after it": (CALENDAR + b"Bonjour\n", "is not sound iCalendar"),
    "deep components": (
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 100_000,
        "is not sound iCalendar",
    ),
    "many components": (
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 60_000 + b"END:VCALENDAR\n",
        "has more than 50000 entries",
    ),
    "a vast line": (
        b"BEGIN:VCALENDAR\nX-A:" + b"x" * 20_000_000 + b"\nEND:VCALENDAR\n",
        "is not sound iCalendar",
    ),
    "a vast folded line": (
        b"BEGIN:VCALENDAR\nX-A:" + b"\n x" * 10_000_000 + b"\nEND:VCALENDAR\n",
        "is not sound iCalendar",
    ),
    "many lines": (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"X:1\n" * 1_000_000 + b"END:VEVENT\nEND:VCALENDAR\n",
        "is not sound iCalendar",
    ),
}

_READ_ALL = """
import resource, sys
from pathlib import Path
from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers import read_programme
from shared.i18n import speaking, translator

resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
for path in sorted(Path(sys.argv[2]).iterdir()):
    try:
        read_programme(path, "edition")
    except ImportRefused as refusal:
        with speaking(translator("services.scheduling", "en")):
            print(path.name, refusal)
"""


def test_hostile_files_are_refused_by_a_process_that_has_little_memory(tmp_path: Path):
    for name, (content, _) in HOSTILE.items():
        (tmp_path / name).write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-c", _READ_ALL, str(400 * 1024 * 1024), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    refusals = done.stdout.splitlines()
    assert len(refusals) == len(HOSTILE), done.stdout
    for refusal, (name, (_, sentence)) in zip(refusals, sorted(HOSTILE.items()), strict=True):
        assert refusal.startswith(f"{name} ")
        assert sentence in refusal


@pytest.mark.parametrize("content", [AGENDA, CALENDAR, JSON])
def test_a_file_that_is_too_large_to_hold_is_refused(monkeypatch, content):
    monkeypatch.setattr(given_file, "LARGEST_TEXT", 100)

    with pytest.raises(ImportRefused) as refusal:
        read_programme(content, "edition")

    assert "a programme of more than 0 MB is not read" in refusal_of(refusal.value)


JSON_VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
AGENDA_FIELDS = sorted({*agenda_event(), "accessibility", "onlineAccessLink", "thematique"})
SCHEDULE_FIELDS = sorted({*json_event(), "end", "track", "url", "abstract"})


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(AGENDA_FIELDS), JSON_VALUES, max_size=5))
def test_an_event_of_an_agenda_with_anything_in_it_is_taken_or_rejected(changes):
    programme = _read_twice(agenda(agenda_event(1), {**agenda_event(2), **changes}))

    assert programme is not None
    assert all(session.ends_at > session.starts_at for session in programme.sessions)


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(SCHEDULE_FIELDS), JSON_VALUES, max_size=5))
def test_an_event_of_a_schedule_with_anything_in_it_is_taken_or_rejected(changes):
    value = schedule_json(json_event("a"), {**json_event("b"), **changes})

    programme = _read_twice(json.dumps(value).encode())

    assert programme is not None
    assert len(programme.sessions) + len(programme.rejections) == 2


@settings(max_examples=200, deadline=None)
@given(value=JSON_VALUES)
def test_json_of_any_kind_is_read_or_refused(value):
    content = json.dumps(value).encode()
    _read_twice(content)
    _read_twice(json.dumps({"schedule": {"conference": value}}).encode())
    _read_twice(json.dumps({"events": value}).encode())
    _read_twice(json.dumps([value, agenda_event(1, timings=value)]).encode())


PROPERTIES = [
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "GEO", "LOCATION",
    "CATEGORIES", "ORGANIZER", "STATUS", "URL", "SUMMARY", "DTSTART;TZID=Europe/Paris",
    "DTSTART;VALUE=DATE", "RDATE;VALUE=PERIOD", "EXDATE;VALUE=DATE", "X-A;B",
]  # fmt: skip
VALUES = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
    | st.from_regex(r"\d{8}(T\d{6}Z?)?(/PT?\d{1,9}[HDW])?", fullmatch=True)
    | st.from_regex(r"[+-]?PT?\d{1,12}[HMSDW]", fullmatch=True)
    | st.from_regex(
        r"FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)(;(COUNT|INTERVAL|BYMONTHDAY|BYSETPOS)=-?\d{1,3}){0,2}",
        fullmatch=True,
    )
)


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(st.tuples(st.sampled_from(PROPERTIES), VALUES), max_size=5))
def test_an_event_of_a_calendar_with_anything_in_it_is_taken_or_rejected(lines):
    added = [f"{name}:{value}" for name, value in lines]
    strange = vevent("b", *added, dtstart=None, dtend=None)
    beside = vevent("c", *added)

    programme = _read_twice(calendar(vevent("a"), strange, beside, lines=(PARIS,)))

    assert programme is not None
    assert "a" in {session.source_id for session in programme.sessions}
    assert all(session.ends_at > session.starts_at for session in programme.sessions)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(data):
    content = bytearray(data.draw(st.sampled_from([AGENDA, CALENDAR, JSON])))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 30)))
        content[start:end] = data.draw(
            st.binary(max_size=8) | st.text(max_size=20).map(lambda text: text.encode())
        )
    _read_twice(bytes(content))


def _read_twice(content: bytes) -> Programme | None:
    """Return what is read, the same the second time; nothing when it is refused."""
    with contextlib.suppress(ImportRefused):
        programme = read_programme(content, "edition")
        assert read_programme(content, "edition") == programme
        assert all(str(note) for note in programme.notes)
        assert all(str(rejection.reason) for rejection in programme.rejections)
        return programme
    return None
