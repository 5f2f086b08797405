"""Schedule XML for tests: real files from beside the repository, and small ones made here."""

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from shared.testing.published import published_file

CONFERENCE = {
    "title": "Rencontres 2026",
    "start": "2026-10-02",
    "end": "2026-10-03",
    "time_zone_name": "Europe/Paris",
    "venue": "Campus",
    "city": "Grenoble",
}


def real_schedule(name: str) -> Path:
    """Return the path of a published schedule, which is no part of the repository."""
    path = published_file(name)
    assert path.is_file(), f"{path} is missing: set PARVIS_TEST_DATA to the folder that has {name}"
    return path


def event(guid: str | None = "a1", **fields: str | None) -> str:
    """Return an <event> in room Amphi on the first day; a field of None is left out."""
    values: dict[str, str | None] = {
        "date": "2026-10-02T10:00:00+02:00",
        "start": "10:00",
        "duration": "01:00",
        "title": "Une heure avec les muons",
        "persons": "",
        **fields,
    }
    identifier = values.pop("id", None)
    persons = values.pop("persons") or ""
    names = "".join(f"<person>{escape(name)}</person>" for name in persons.split(",") if name)
    children = [
        f"<{name}>{escape(text)}</{name}>" for name, text in values.items() if text is not None
    ]
    attributes = f" guid={quoteattr(guid)}" if guid else ""
    attributes += f" id={quoteattr(identifier)}" if identifier else ""
    return f"<event{attributes}>\n{''.join(children)}<persons>{names}</persons></event>\n"


def room(*events: str, name: str = "Amphi", guid: str | None = None) -> str:
    """Return a <room> with its events."""
    attributes = f"name={quoteattr(name)}" + (f" guid={quoteattr(guid)}" if guid else "")
    return f"<room {attributes}>\n{''.join(events)}</room>\n"


def day(*rooms: str, date: str | None = "2026-10-02", start: str | None = None) -> str:
    """Return a <day> with its rooms."""
    attributes = "".join(
        f" {name}={quoteattr(value)}" for name, value in (("date", date), ("start", start)) if value
    )
    return f"<day{attributes}>\n{''.join(rooms)}</day>\n"


def schedule(*days: str, conference: Mapping[str, str] | None = None) -> str:
    """Return a whole schedule."""
    facts = CONFERENCE if conference is None else conference
    lines = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in facts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<schedule><conference>{lines}</conference>\n{''.join(days)}</schedule>\n"
    )
