"""What releases changed for somebody who takes part in sessions, and what of it is news.

A change is kept with its mail as JSON: `session_id`, the reader's `roles` in it and what they have
`lent` for it, the session `before` and `after`, and the numbers of the releases of which it tells:
from `since`, the first, to `number`, the last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.notifications.domain.gathering import is_near
from services.notifications.domain.programme_changes import aspects

Change = dict[str, Any]


def changes_in(data: Mapping[str, Any]) -> list[Change]:
    """Return the changes of an event."""
    number = data["number"]
    return [{**one, "since": number, "number": number} for one in data["sessions"]]


def put_together(changes: Iterable[Change], told: Mapping[str, Change]) -> list[Change]:
    """Return one change for each session, from what was told last to what is, by the new times.

    `told` are the changes of mails that went out: what is no newer than them is left out. The
    order in which releases are heard of does not matter.
    """
    found: dict[str, Change] = {}
    for change in changes:
        name = change["session_id"]
        last = told.get(name)
        if last is not None and last["number"] >= change["number"]:
            continue
        known = found.get(name)
        found[name] = _joined(known, change) if known else change
    return sorted(
        (_since_told(change, told.get(name)) for name, change in found.items()),
        key=lambda one: (one["after"]["starts_at"], one["session_id"]),
    )


def last_told(mails: Iterable[Sequence[Change]]) -> dict[str, Change]:
    """Return the newest change that mails told of each session, by its id."""
    found: dict[str, Change] = {}
    for changes in mails:
        for change in changes:
            known = found.get(change["session_id"])
            if known is None or known["number"] < change["number"]:
                found[change["session_id"]] = change
    return found


def partner_news(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that show, in the words of the current language."""
    told = ({**change, "ended": False} for change in changes)
    return [change for change in told if aspects(change, change["after"])]


def is_urgent(news: Iterable[Mapping[str, Any]], now: datetime) -> bool:
    """Tell whether a session that was to begin soon, or is on, was cancelled."""
    return any(
        change["after"]["status"] == "cancelled" and is_near(change["before"], now)
        for change in news
    )


def _joined(one: Change, other: Change) -> Change:
    first, last = sorted((one, other), key=lambda change: int(change["number"]))
    if other["since"] < first["since"]:
        first = other
    return {
        **last,
        "roles": list(dict.fromkeys([*one["roles"], *other["roles"]])),
        "lent": list(dict.fromkeys([*one["lent"], *other["lent"]])),
        "before": first["before"],
        "since": first["since"],
    }


def _since_told(change: Change, told: Change | None) -> Change:
    return {**change, "before": told["after"]} if told else change
