"""Whether a mail confirms something for the first time, or changes what its reader knew confirmed.

What was never told as confirmed is confirmed, whatever came before: an offer that was accepted, a
change that was faster than the confirmation, a confirmation that never went out. Only what somebody
reads in another way than before is called changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from services.notifications.domain.history import OUT, PastMail
from services.notifications.domain.templates import CHANGED, CONFIRMED

#: Mails that nobody reads: left unsent, refused for good, or brought back.
_UNREAD = ("withdrawn", "failed", "bounced")


def told_confirmed(mails: Iterable[PastMail], recipient: str) -> frozenset[str]:
    """Return the ids of the bookings that these mails tell their reader are confirmed.

    Those that wait to be sent count: they usually go first.
    """
    read = [one for one in mails if one.recipient == recipient and one.status not in _UNREAD]
    return frozenset(
        booking["id"]
        for mail in read
        for booking in mail.content.get("registration", {}).get("bookings", ())
        if booking["status"] == "confirmed"
    )


def confirms_first(
    bookings: Iterable[Mapping[str, Any]], changed: Collection[str], told: Collection[str]
) -> bool:
    """Tell whether a booking that changed is confirmed now, and was not told so before."""
    return any(
        one["status"] == "confirmed" and one["id"] in changed and one["id"] not in told
        for one in bookings
    )


def as_first(
    template: str, content: Mapping[str, Any], past: Sequence[PastMail], recipient: str
) -> dict[str, Any] | None:
    """Return the facts of a mail that turns out to be the first to confirm; None if it is not.

    `past` are the earlier mails about the registration. When this one was queued, a confirmation
    stood before it that has not gone out, and will not: it was overtaken.
    """
    if template != CHANGED or not content.get("told_confirmed"):
        return None
    told = told_confirmed((one for one in past if one.status in OUT), recipient)
    if not confirms_first(content["registration"]["bookings"], content["changed"], told):
        return None
    return {**content, "told_confirmed": sorted(told), "is_first": True}


def words_of(template: str, content: Mapping[str, Any]) -> str:
    """Return the template whose words a mail speaks, once it is known what went out before it."""
    return CONFIRMED if content.get("is_first") else template


def is_modified(template: str, content: Mapping[str, Any], booking: Mapping[str, Any]) -> bool:
    """Tell whether a booking is shown in another way than its reader knew it confirmed."""
    if booking["id"] not in content.get("changed", ()):
        return False
    told = content.get("told_confirmed")
    return words_of(template, content) != CONFIRMED if told is None else booking["id"] in told
