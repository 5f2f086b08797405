"""A file that is broken, hostile or no programme is refused with a sentence, and cheaply."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers import read_frab, safe_xml
from tests.services.scheduling.schedules import day, event, real_schedule, room, schedule
from tests.services.scheduling.told import english


@pytest.fixture(autouse=True)
def spoken() -> Iterator[None]:
    """Speak English, as the command line does."""
    with english():
        yield


GOOD = schedule(day(room(event("a"), event("b", persons="Ada Martin", abstract="<p>Oui</p>"))))


def _nested_entities(kind: str, reference: str) -> str:
    """Return declarations of entities that are ten times the one before them (billion laughs)."""
    declarations = [f'<!ENTITY {kind}e0 "ha">']
    for number in range(1, 13):
        value = f"{reference}e{number - 1};" * 10
        declarations.append(f'<!ENTITY {kind}e{number} "{value}">')
    return "".join(declarations)


def _with_definition(definition: str, content: str = "") -> str:
    return f"<!DOCTYPE schedule [{definition}]><schedule>{content}</schedule>"


BROKEN: dict[str, tuple[bytes | str, str]] = {
    "empty": ("", "is empty"),
    "only spaces": ("  \n ", "is not sound XML"),
    "text": ("Vendredi : muons.", "is not sound XML"),
    "an archive": (b"PK\x03\x04" + bytes(200), "is not sound XML"),
    "zeros": (bytes(5000), "is not sound XML"),
    "JSON": ('{"schedule": {}}', "is not sound XML"),
    "HTML": ("<html><body><p>Oui</p></body></html>", "begins with <html>, not with <schedule>"),
    "another XML": ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "begins with <feed>"),
    "no programme": ("<schedule/>", "names no day and no event"),
    "truncated": (GOOD[: len(GOOD) // 2], "is not sound XML"),
    "truncated in a letter": (GOOD.encode()[:-20] + b"\xc3", "is not sound XML"),
    "Latin-1 called UTF-8": (GOOD.replace("heure", "été").encode("latin-1"), "is not sound XML"),
    "an unknown encoding": (b"<?xml version='1.0' encoding='klingon'?><a/>", "is not sound XML"),
    "a NUL": (GOOD.replace("Amphi", "Am\0phi"), "is not sound XML"),
    "two roots": (GOOD + "<schedule/>", "is not sound XML"),
    "an undeclared entity": (GOOD.replace("Une heure", "&heure;"), "is not sound XML"),
    "billion laughs": (
        _with_definition(_nested_entities("", "&"), "<day>&e12;</day>"),
        "document type definition",
    ),
    "billion laughs in UTF-16": (
        _with_definition(_nested_entities("", "&"), "<day>&e12;</day>").encode("utf-16"),
        "document type definition",
    ),
    "billion laughs of parameters": (
        _with_definition(_nested_entities("% ", "&#37;") + "%e12;"),
        "is not sound XML",
    ),
    "billion laughs in an attribute": (
        _with_definition(_nested_entities("", "&") + '<!ATTLIST schedule x CDATA "&e12;">'),
        "document type definition",
    ),
    "quadratic blow-up": (
        _with_definition(f'<!ENTITY a "{"a" * 50_000}">', "<day>" + "&a;" * 50_000 + "</day>"),
        "document type definition",
    ),
    "an external entity": (
        _with_definition('<!ENTITY a SYSTEM "file:///etc/hostname">', "<day>&a;</day>"),
        "document type definition",
    ),
    "an external definition": (
        '<!DOCTYPE schedule SYSTEM "http://127.0.0.1:9/schedule.dtd"><schedule/>',
        "document type definition",
    ),
    "a vast attribute": (f'<schedule><day date="{"1" * 3_000_000}"/></schedule>', "2 MB of it"),
    "a vast text": (f"<schedule><day>{'1' * 3_000_000}</day></schedule>", "2 MB of it"),
    "a vast name": (f"<schedule><{'a' * 3_000_000}/></schedule>", "2 MB of it"),
    "a vast comment": (f"<schedule><!--{'a' * 3_000_000}--></schedule>", "2 MB of it"),
    "many attributes": (
        "<schedule><day " + " ".join(f"a{n}=''" for n in range(200)) + "/></schedule>",
        "more elements or attributes",
    ),
    "deep": ("<schedule>" + "<day>" * 100_000, "more elements or attributes"),
    "a vast event": (
        "<schedule><day><event>" + "<a/>" * 500_000 + "</event></day></schedule>",
        "more elements or attributes",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_one_sentence(tmp_path, name):
    content, sentence = BROKEN[name]
    path = tmp_path / "schedule.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)

    with pytest.raises(ImportRefused) as refusal:
        read_frab(path, "edition")

    message = str(refusal.value)
    assert sentence in message
    assert message.startswith(str(path))
    assert message.endswith(".")
    assert "\n" not in message


_READ_ALL = """
import resource, sys
from pathlib import Path
from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers import read_frab
from shared.i18n import speaking, translator

resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
for path in sorted(Path(sys.argv[2]).iterdir()):
    try:
        read_frab(path, "edition")
    except ImportRefused as refusal:
        with speaking(translator("services.scheduling", "en")):
            print(path.name, refusal)
"""


def test_hostile_files_are_refused_by_a_process_that_has_little_memory(tmp_path):
    sentences = {}
    for name, (content, sentence) in BROKEN.items():
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        sentences[name] = sentence
    attributes = " ".join(f"a{number}=''" for number in range(1_000_000))
    (tmp_path / "a million attributes").write_text(f"<schedule><day {attributes}/></schedule>")
    sentences["a million attributes"] = "2 MB of it"

    done = subprocess.run(
        [sys.executable, "-c", _READ_ALL, str(150 * 1024 * 1024), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    refusals = done.stdout.splitlines()
    assert len(refusals) == len(sentences)
    for refusal, (name, sentence) in zip(refusals, sorted(sentences.items()), strict=True):
        assert refusal.startswith(f"{name} ")
        assert sentence in refusal
        assert "alloc" not in refusal


def test_a_file_with_more_elements_than_any_programme_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_xml, "MOST_ELEMENTS_IN_ALL", 1000)
    path = tmp_path / "schedule.xml"
    path.write_text("<schedule>" + "<day/>" * 1000 + "</schedule>")

    with pytest.raises(ImportRefused, match="more elements or attributes than any"):
        read_frab(path, "edition")


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "schedule.xml"
    with path.open("wb") as file:
        file.write(b'<schedule><day date="')
        file.truncate(200 * 1024 * 1024)

    with pytest.raises(ImportRefused, match="has 200 MB; a programme of more than 100 MB"):
        read_frab(path, "edition")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _path: None, "does not exist"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: os.mkfifo(path), "is not an ordinary file"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: path.symlink_to("/dev/zero"), "is not an ordinary file"),
    ],
)
def test_what_is_no_readable_file_is_refused(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
):
    path = tmp_path / "schedule.xml"
    make(path)

    with pytest.raises(ImportRefused, match=sentence):
        read_frab(path, "edition")


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "schedule.xml"
    path.write_text(GOOD)

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything

    with pytest.raises(ImportRefused, match="cannot be read: Permission denied"):
        read_frab(path, "edition")


def test_an_inclusion_is_not_followed(tmp_path):
    inclusion = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
    )
    path = tmp_path / "schedule.xml"
    path.write_text(GOOD.replace("<persons></persons>", f"<abstract>{inclusion}</abstract>"))

    programme = read_frab(path, "edition")

    assert [activity.description_fr for activity in programme.activities] == ["", "Oui"]


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_or_refused(tmp_path_factory, content):
    _read_or_refuse(tmp_path_factory, content)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_mutated_schedule_is_read_or_refused(tmp_path_factory, data):
    content = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 30)))
        content[start:end] = data.draw(
            st.binary(max_size=8) | st.text(max_size=20).map(lambda text: text.encode())
        )
    _read_or_refuse(tmp_path_factory, bytes(content))


@settings(max_examples=300, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["date", "start", "duration", "title", "room", "abstract", "url"]),
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("0123456789:-+TZ<&"),
            max_size=30,
        ),
    ),
    moment=st.from_regex(r"-?\d{1,5}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d?:\d\d)?", fullmatch=True),
    start=st.from_regex(r"\d{1,4}-\d\d-\d\d(T\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?", fullmatch=True),
)
def test_an_event_with_any_text_in_it_is_taken_or_rejected(tmp_path_factory, fields, moment, start):
    path = tmp_path_factory.getbasetemp() / "any-event.xml"
    text = schedule(
        day(room(event("a", **fields), event("b", date=moment)), date=None, start=start),
        day(room(event("c", date=None)), date=None, start=start),
    )
    # what XML itself forbids is another test's
    path.write_text(text.replace("\ufffe", "").replace("\uffff", ""), encoding="utf-8")

    programme = read_frab(path, "edition")

    assert len(programme.sessions) + len(programme.rejections) == 3
    assert all(session.ends_at > session.starts_at for session in programme.sessions)


def _read_or_refuse(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes.xml"
    path.write_bytes(content)
    with contextlib.suppress(ImportRefused):
        assert read_frab(path, "edition").source == "frab:edition"


@pytest.mark.published
def test_a_real_schedule_cut_anywhere_is_refused(tmp_path):
    whole = real_schedule("debconf23.xml").read_bytes().rstrip()
    path = tmp_path / "schedule.xml"

    for length in range(1, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        with pytest.raises(ImportRefused):
            read_frab(path, "edition")
