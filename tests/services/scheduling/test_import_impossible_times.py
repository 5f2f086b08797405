"""Times that cannot be, in each format: that event is refused with its reason, the others taken."""

import json

import pytest

from services.scheduling.domain.importing import Options, bring_in, plan
from services.scheduling.importers import read_programme
from shared.testing.contexts import NOW
from tests.services.scheduling.agendas import agenda, agenda_event
from tests.services.scheduling.calendars import calendar, vevent
from tests.services.scheduling.imported import sessions_of
from tests.services.scheduling.schedules import day, event, room, schedule
from tests.services.scheduling.test_import_schedule_json import event as json_event
from tests.services.scheduling.test_import_schedule_json import schedule as json_schedule
from tests.services.scheduling.told import told


def xml(start: str, _end: str, length: str) -> bytes:
    bad = event("bad", date=start, duration=length)
    return schedule(day(room(event("good"), bad))).encode()


def schedule_json(start: str, _end: str, length: str) -> bytes:
    bad = json_event("bad", date=start, duration=length)
    return json.dumps(json_schedule(json_event("good"), bad)).encode()


def openagenda(start: str, end: str, _length: str) -> bytes:
    bad = agenda_event("bad", timings=[{"begin": start, "end": end}])
    return agenda(agenda_event("good"), bad)


def ics(start: str, end: str, _length: str) -> bytes:
    def local(moment: str) -> str:
        return moment[:19].replace("-", "").replace(":", "")

    return calendar(vevent("good"), vevent("bad", dtstart=local(start), dtend=local(end)))


FORMATS = {"xml": xml, "json": schedule_json, "openagenda": openagenda, "ics": ics}


def reasons(content: bytes, context) -> list[str]:
    """Return why events of a file are not taken; the good one is."""
    read = read_programme(content, "edition", known_zone="Europe/Paris")
    with context.database.read() as db:
        report = plan(db, read, Options(), now=NOW).report
    assert report.counts["sessions"].created == 1
    assert [each.source_id.partition("/")[0] for each in report.rejections] == ["bad"]
    return [str(each.reason) for each in told(report.rejections)]


@pytest.mark.parametrize("name", FORMATS)
def test_what_ends_before_it_starts_is_refused(context, name):
    content = FORMATS[name]("2026-10-02T10:00:00+02:00", "2026-10-02T09:00:00+02:00", "-01:00")

    (reason,) = reasons(content, context)

    is_length = name in ("xml", "json")
    assert reason == (
        "its duration “-01:00” is not HH:MM" if is_length else "it does not end after it starts"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_what_lasts_61_hours_at_fixed_hours_is_refused(context, name):
    content = FORMATS[name]("2026-10-02T10:00:00+02:00", "2026-10-04T23:00:00+02:00", "61:00")

    assert reasons(content, context) == ["it lasts 61 hours at fixed hours: is it an exhibition?"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_hour_that_clocks_skip_is_refused(context, name):
    content = FORMATS[name]("2026-03-29T02:30:00", "2026-03-29T04:30:00", "01:00")

    assert reasons(content, context) == ["on 2026-03-29 the clocks change and it is never 02:30"]


@pytest.mark.parametrize("name", FORMATS)
def test_html_in_a_title_is_text(context, client, name):
    title = "<script>alert(1)</script> <b>Muons</b>"
    content = {
        "xml": lambda: schedule(day(room(event("good", title=title)))).encode(),
        "json": lambda: json.dumps(json_schedule(json_event("good", title=title))).encode(),
        "openagenda": lambda: agenda(agenda_event("good", title={"fr": title})),
        "ics": lambda: calendar(vevent("good", summary=title)),
    }[name]()

    bring_in(context.database, read_programme(content, "edition"), now=NOW)

    (session,) = sessions_of(context).values()
    page = client.get(f"/sessions/{session.id}").text
    assert "&lt;b&gt;Muons" in page
    assert "<b>Muons" not in page
    assert "<script>alert" not in page
