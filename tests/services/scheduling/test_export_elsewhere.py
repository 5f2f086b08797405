"""A file of ours brought into an installation that is empty gives the same file again."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from services.scheduling.importers import read_programme
from shared.testing.contexts import make_context
from tests.services.scheduling.exported import CALENDARS, QUICK, export, programmes, take
from tests.services.scheduling.schedules import real_schedule

#: What names a row, tells when it was written, or is made of either.
_OWN = ("guid", "id", "slug", "url", "origin_url", "logo", "generator", "version", "uid", "parvis")
_OWN_LINES = re.compile(
    rb"^(END:VCALENDAR|UID|DTSTAMP|LAST-MODIFIED|SEQUENCE|URL|ORGANIZER|X-PARVIS-(VENUE-ID|SPACE-ID|MARK))"
)


@pytest.fixture
def elsewhere(database_url_factory):
    """Return the context of another installation, which is empty."""
    made = make_context("scheduling", database_url_factory())
    yield made
    made.database.dispose()


@pytest.mark.published
@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("file", ["debconf23.xml", "openagenda-albi.json"])
def test_a_real_programme_is_the_same_elsewhere(context, elsewhere, name, file):
    take(context, read_programme(real_schedule(file), "real"))
    written = export(context, "real", name)

    take(elsewhere, read_programme(written, "real"))

    assert bare(name, export(elsewhere, "real", name)) == bare(name, written)


@settings(
    max_examples=10,
    deadline=None,
    phases=QUICK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(programme=programmes())
def test_any_programme_is_the_same_elsewhere(context, elsewhere, programme):
    slug = programme.edition.slug
    take(context, programme)

    for name in CALENDARS:
        written = export(context, slug, name)
        if has_events(name, written):
            other = f"{slug}-{name}"
            take(elsewhere, read_programme(written, other))
            assert bare(name, export(elsewhere, other, name)) == bare(name, written), name


def has_events(name: str, content: bytes) -> bool:
    """Tell whether a file has any event: one without says nothing of an edition."""
    return {"frab": b"<event", "pretalx": b'"end": ', "openagenda": b'"begin"'}.get(
        name, b"BEGIN:VEVENT"
    ) in content


def bare(name: str, content: bytes) -> Any:
    """Return what a file says, without what names rows and tells when it was written."""
    if name == "frab":
        return _bare_xml(content)
    if name == "ics":
        lines = content.replace(b"\r\n ", b"").split(b"\r\n")
        kept = "\n".join(line.decode() for line in lines if not _OWN_LINES.match(line))
        return [block.splitlines() for block in sorted(kept.split("BEGIN:"))]
    return _bare(json.loads(content))


def _bare_xml(content: bytes) -> Any:
    root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True))
    for element in list(root.iter()):
        for attribute in ("guid", "id"):
            element.attrib.pop(attribute, None)
        if element.tag in _OWN or element.tag in ("acronym", "base_url"):
            element.getparent().remove(element)
    for room in root.findall("day/room"):
        room[:] = sorted(room, key=etree.tostring)
    return etree.tostring(root)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        own = (*_OWN, "acronym", "base_url", "canonicalUrl", "made_at", "originAgenda")
        return {name: _bare(inner) for name, inner in value.items() if name not in own}
    if isinstance(value, list):
        return sorted((_bare(item) for item in value), key=lambda item: json.dumps(item))
    return "" if isinstance(value, str) and "/sessions/" in value else value
