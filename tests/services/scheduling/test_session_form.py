"""A session's form says what is stored, and means it again when it is sent back unchanged."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.pages.console.session_form import SessionForm
from shared.contracts.party_categories import codes_of

PARIS, ISLAND = UUID(int=1), UUID(int=2)
FORM = SessionForm("Europe/Paris", {str(ISLAND): "Indian/Reunion"}, {})

CODES = codes_of({})
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
LENGTHS = st.integers(1, 60 * 24 * 30).map(lambda minutes: timedelta(minutes=minutes))
OPENINGS = st.fixed_dictionaries(
    {
        "weekday": st.integers(1, 7),
        "opens": st.sampled_from(["08:00", "09:30"]),
        "closes": st.sampled_from(["12:00", "18:45"]),
    }
)
CLOSURES = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(date.isoformat)


@st.composite
def rows(draw: st.DrawFn) -> SimpleNamespace:
    """Draw a session that the rules allow."""
    starts_at = draw(INSTANTS)
    kind = draw(st.sampled_from(["timed", "drop_in", "exhibition"]))
    way_in = draw(st.sampled_from(["none", "here", "elsewhere"]))
    is_here, is_elsewhere, is_open = way_in == "here", way_in == "elsewhere", kind == "exhibition"
    return SimpleNamespace(
        activity_id=UUID(int=7),
        venue_id=draw(st.sampled_from([PARIS, ISLAND])),
        space_id=draw(st.sampled_from([None, UUID(int=9)])),
        kind=kind,
        starts_at=starts_at,
        ends_at=starts_at + draw(LENGTHS),
        weekly_hours=draw(st.lists(OPENINGS, max_size=3)) if is_open else [],
        closures=draw(st.lists(CLOSURES, max_size=3)) if is_open else [],
        registration=way_in,
        registration_link="https://exemple.fr" if is_elsewhere else None,
        registration_telephone="04 76 00 00 00" if is_elsewhere else None,
        registration_email="a@exemple.fr" if is_elsewhere else None,
        registration_full=is_elsewhere and draw(st.booleans()),
        registration_opens_at=draw(st.none() | INSTANTS) if is_here else None,
        registration_closes_at=draw(st.none() | INSTANTS) if is_here else None,
        capacity=draw(st.none() | st.integers(0, 2**31 - 1)) if is_here else None,
        seat_categories=draw(st.lists(st.sampled_from(CODES), unique=True)),
    )


@given(rows())
def test_an_unchanged_form_means_the_stored_session(row: SimpleNamespace) -> None:
    values, faults = FORM.values(sent_back(FORM.shown(row)))
    stored = dict(vars(row))
    if row.registration != "here":
        del stored["seat_categories"]
    values["closures"] = [day.isoformat() for day in values["closures"]]
    for name in ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at"):
        stored[name] = first_of_its_clock(stored[name], row.venue_id)
    assert (values, faults) == (stored, {})


@given(rows())
def test_an_unchanged_form_leaves_every_time_as_it_is_stored(row: SimpleNamespace) -> None:
    shown = FORM.shown(row)
    assert FORM.untouched(sent_back(shown), shown) == {
        "starts_at",
        "ends_at",
        "registration_opens_at",
        "registration_closes_at",
    }


def first_of_its_clock(at: datetime | None, venue_id: UUID) -> datetime | None:
    """Return the instant that a form means: of two with the same clock, the first."""
    zone = "Indian/Reunion" if venue_id == ISLAND else "Europe/Paris"
    if at is None:
        return None
    local = local_of(at, zone)
    return instant_of(local.date(), local.time(), zone).at


def sent_back(shown: dict[str, Any]) -> dict[str, Any]:
    """Return the fields after a browser has sent them."""
    form: MultiDict[str, str] = MultiDict()
    for name, value in shown.items():
        if isinstance(value, str):
            form.add(name, value)
            continue
        for index, item in enumerate(value):
            if isinstance(item, str):
                form.add(name, item)
            else:
                form.update({f"{name}-{index}-{key}": text for key, text in item.items()})
    return FORM.posted(form)
