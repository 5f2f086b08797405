"""What tests of exports share: programmes of any kind, files, and what coming back would change."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st
from jsonschema import Draft6Validator, FormatChecker
from lxml import etree

from services.scheduling.domain.importing import Options, Plan, bring_in, plan
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    Opening,
    OrganisationRecord,
    Programme,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.exporters import Extract, extract, format_named
from services.scheduling.importers import read_programme
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from shared.testing.published import published_file

#: The formats that events come back from.
CALENDARS = ("frab", "pretalx", "openagenda", "ics")

#: Hypothesis's phases but for shrinking, which would take minutes with a database.
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)

_editions = count()

#: Texts that formats have trouble with: signs that XML has not, separators, halves, emptiness.
TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("<>&'\";,:\\ \t\n\r\x00\x0b\x1f\x85\u2028\ufffe\uffff\u202eé😀"),
    ),
    max_size=30,
).filter(lambda text: "\x00" not in text)  # which PostgreSQL refuses, and editors

#: Moments around both changes of the clock of 2026 in Paris, to the minute.
MOMENTS = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
            datetime(2026, 10, 2, 8, 0, tzinfo=UTC),
        ]
    ),
    st.integers(0, 240),
)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Draw a programme: one or two venues, rooms or none, sessions of all kinds."""
    venues = tuple(
        VenueRecord(
            f"v{number}",
            draw(TEXTS),
            address=draw(st.none() | TEXTS),
            postcode="38000",
            commune_code="38185",
            commune_name="Grenoble",
            latitude=draw(st.none() | st.floats(45, 46)),
            longitude=5.72,
            time_zone=draw(st.sampled_from(["Europe/Paris", "Indian/Reunion"])),
        )
        for number in range(draw(st.integers(1, 2)))
    )
    spaces = tuple(
        SpaceRecord(f"p{number}", draw(st.sampled_from(venues)).source_id, draw(TEXTS))
        for number in range(draw(st.integers(0, 2)))
    )
    activities = tuple(_activity(draw, number) for number in range(draw(st.integers(1, 2))))
    sessions = tuple(
        _session(draw, number, venues, spaces, activities)
        for number in range(draw(st.integers(1, 4)))
    )
    slug = f"any-{next(_editions)}"
    return Programme(
        source=f"any:{slug}",
        edition=EditionRecord(
            slug,
            "fds",
            "Fête",
            "Fête de la science",
            date(2026, 3, 28),
            date(2026, 11, 2),
            "Europe/Paris",
        ),
        organisations=(OrganisationRecord("o", "Muséum"),),
        venues=venues,
        spaces=spaces,
        activities=activities,
        sessions=sessions,
    )


def _activity(draw: st.DrawFn, number: int) -> ActivityRecord:
    title = draw(TEXTS.filter(str.strip))
    return ActivityRecord(
        f"a{number}",
        title,
        title_en=draw(st.sampled_from([None, title, "English"])),
        description_fr=draw(TEXTS),
        description_en=draw(st.none() | TEXTS),
        organisation=draw(st.sampled_from([None, "o"])),
        age_min=draw(st.none() | st.integers(0, 200)),
        theme=draw(st.none() | TEXTS),
        format=draw(st.none() | TEXTS),
        presenters=tuple(draw(st.lists(TEXTS, max_size=3))),
        link=draw(st.sampled_from([None, "https://museum.example/é", "museum"])),
    )


def _session(draw: st.DrawFn, number: int, *rows: Any) -> SessionRecord:
    venues, spaces, activities = rows
    space = draw(st.sampled_from([None, *spaces]))
    kind = draw(st.sampled_from(["timed", "timed", "drop_in", "exhibition"]))
    starts_at = draw(MOMENTS)
    minutes = 3 * 24 * 60 if kind == "exhibition" else draw(st.integers(1, 400))
    way_in: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"registration": "none"},
                {"registration": "here", "capacity": 12},
                {"registration": "elsewhere", "registration_link": "https://museum.example/"},
                {"registration": "elsewhere", "registration_telephone": "04 76 00 00 00"},
                {"registration": "elsewhere", "registration_full": True},
            ]
        )
    )
    return SessionRecord(
        f"s{number}",
        activity=draw(st.sampled_from(activities)).source_id,
        venue=space.venue if space else draw(st.sampled_from(venues)).source_id,
        space=space.source_id if space else None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        kind=kind,
        weekly_hours=tuple(Opening(day, "01:30", "18:00") for day in range(1, 8))
        if kind == "exhibition" and draw(st.booleans())
        else (),
        status=draw(st.sampled_from(["confirmed", "confirmed", "cancelled"])),
        **way_in,
    )


def take(context: ServiceContext, programme: Programme) -> None:
    """Bring a programme in, and release it."""
    bring_in(context.database, programme, now=NOW)


def extracted(context: ServiceContext, slug: str, *, drafts: bool = False) -> Extract:
    """Return what exports of an edition are written from."""
    with context.database.read() as db:
        return extract(
            db,
            slug,
            drafts=drafts,
            now=NOW,
            public_url="https://fete.example",
            mail_from="Fête <fete@fete.example>",
        )


def export(context: ServiceContext, slug: str, name: str, *, drafts: bool = False) -> bytes:
    """Return an edition's file in a format."""
    chosen = format_named(name)
    assert chosen is not None
    return chosen.write(extracted(context, slug, drafts=drafts))


def planned(context: ServiceContext, slug: str, content: bytes) -> Plan:
    """Return what bringing a file into an edition would do."""
    read = read_programme(content, slug, known_zone="Europe/Paris")
    with context.database.read() as db:
        return plan(db, read, Options(), now=NOW)


def changes_of(found: Plan) -> dict[str, Any]:
    """Return all that a plan writes or refuses, by table; nothing is left out."""
    rows: dict[str, Any] = {}
    for model, written in (*found.inserts, *found.updates):
        if written:
            rows.setdefault(model.__tablename__, []).extend(written)
    if found.sessions:
        rows.setdefault("sessions", []).extend(each.row for each in found.sessions)
    if found.report.rejections:
        rows["rejected"] = [str(each.reason) for each in found.report.rejections]
    if found.report.kept:
        rows["kept"] = list(found.report.kept)
    return rows


def faults_of_xml(content: bytes) -> list[str]:
    """Return what the published schema says against schedule XML."""
    schema = etree.XMLSchema(etree.parse(published_file("schedule.xml.xsd")))
    schema.validate(etree.fromstring(content))
    return [str(error) for error in schema.error_log]


def faults_of_json(content: bytes) -> list[str]:
    """Return what the published schema says against schedule JSON."""
    schema = json.loads(published_file("schedule-json.schema.json").read_bytes())
    validator = Draft6Validator(schema, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(json.loads(content))]
