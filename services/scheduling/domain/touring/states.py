"""Where a stop stands, and who may take it further.

    requested ──option──▸ optioned ──confirm──▸ confirmed
        │ └────────confirm───┼──────────▸           │
        ├──refuse──▸ refused ◂──refuse──┘           │
        └──cancel──▸ cancelled ◂────────cancel──────┘

Nobody is sent an exhibition unasked: who lends it confirms a stop only once the place agrees, which
it does by asking for the stop or by accepting it. The coordination answers for everybody.

An option ends by itself: from the day after `option_until` the stop is `expired`, holds nothing
any more, and can be optioned anew, confirmed if nobody else took its place, refused or cancelled.
Nothing has to happen for that: it is read so, from the stored state and the day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from services.scheduling.models import Activity, Stop, Venue

#: The clocks of a place that has none of its own, and of what is in no edition.
USUAL_ZONE = "Europe/Paris"

#: Who takes part in a stop: the coordination, who lends the exhibition, who receives it; and who
#: answers for the venue, which whoever receives it there need not.
COORDINATION, LENDER, HOST, PLACE = "coordination", "lender", "host", "place"


@dataclass(frozen=True)
class Step:
    """What can be done with a stop: from which states, by whom, and what it is then.

    A step that becomes nothing leaves the state as it is.
    """

    name: str
    states: tuple[str, ...]
    parties: tuple[str, ...]
    becomes: str | None


_OPEN = ("requested", "optioned", "expired")

STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step("confirm", _OPEN, (COORDINATION, LENDER), "confirmed"),
        Step("accept", _OPEN, (COORDINATION, PLACE), None),
        Step("option", _OPEN, (COORDINATION, LENDER), "optioned"),
        Step("refuse", _OPEN, (COORDINATION, LENDER), "refused"),
        Step("cancel", (*_OPEN, "confirmed"), (COORDINATION, LENDER, HOST), "cancelled"),
        Step("request", ("refused", "cancelled"), (COORDINATION, HOST), "requested"),
    )
}


def zone_of(venue: Venue) -> str:
    """Return the zone of a venue's clocks."""
    return venue.time_zone or USUAL_ZONE


def zone_of_stop(stop: Stop) -> str:
    """Return the zone of a stop's clocks: its venue's, else that of the edition it is part of."""
    if stop.venue.time_zone:
        return stop.venue.time_zone
    db = object_session(stop)
    activity = db.get(Activity, stop.activity_id) if db and stop.activity_id else None
    return activity.edition.time_zone if activity else USUAL_ZONE


def standing_of(stop: Stop, now: datetime) -> str:
    """Return where a stop stands at this instant: its state, or `expired`."""
    if stop.state != "optioned" or stop.option_until is None:
        return stop.state
    return "expired" if now >= option_ends_at(stop.option_until, zone_of_stop(stop)) else "optioned"


def option_ends_at(option_until: date, time_zone: str) -> datetime:
    """Return the instant at which an option until this local day has ended: the next midnight."""
    return datetime.combine(option_until + timedelta(days=1), time(), ZoneInfo(time_zone))


def holds(standing: str) -> bool:
    """Tell whether a stop that stands so keeps others from having the exhibition."""
    return standing in ("optioned", "confirmed")


def steps_for(standing: str, parties: Collection[str], *, place_agrees: bool) -> tuple[str, ...]:
    """Return what these parties may do with a stop that stands so."""
    missing = set()
    if place_agrees:
        missing.add("accept")
    elif not speaks_for_place(parties):
        missing.add("confirm")
    return tuple(
        step.name
        for step in STEPS.values()
        if standing in step.states
        and any(party in parties for party in step.parties)
        and step.name not in missing
    )


def speaks_for_place(parties: Collection[str]) -> bool:
    """Tell whether what these parties ask for or confirm is agreed to by the place."""
    return COORDINATION in parties or PLACE in parties


def may_edit_stop(standing: str, parties: Collection[str]) -> bool:
    """Tell whether these parties may change a stop's dates, place and papers.

    Who receives the exhibition may until the lender has answered.
    """
    if COORDINATION in parties or LENDER in parties:
        return True
    return HOST in parties and standing == "requested"
