"""What to leave out of a question that nothing answers, so that something does."""

from dataclasses import fields, replace
from datetime import date, datetime

from sqlalchemy.orm import Session as DbSession

from services.scheduling.pages.programme_address import ProgrammeAddress
from services.scheduling.queries.overview import Overview
from services.scheduling.queries.programme import count, days_of
from services.scheduling.queries.released import PublicEdition

#: How many ways out are offered at most.
MOST_OFFERED = 4

#: What `near` asks for only orders the list: its distance narrows it.
_ORDERS = ("near",)


def ways_out(
    db: DbSession,
    edition: PublicEdition,
    address: ProgrammeAddress,
    overview: Overview,
    now: datetime,
    today: date,
) -> list[tuple[str, int]]:
    """Return the conditions without which there are sessions, and how many; most sessions first.

    One condition at a time is left out, by a statement each: for pages that show nothing, not for
    every page.
    """
    if len(address.conditions()) < 2:
        return []
    plain = {each.name: each.default for each in fields(address)}
    found = []
    for name in address.conditions():
        if name in _ORDERS:
            continue
        wider = replace(address, cursor=None, **{name: plain[name]})  # type: ignore[arg-type]
        wanted = wider.filter(edition, overview, now, today)
        if number := count(db, edition, wanted, days_of(edition), now).shown:
            found.append((name, number))
    return sorted(found, key=lambda each: -each[1])[:MOST_OFFERED]
