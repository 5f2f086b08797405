"""What the pages of a mail about a release say, put in order for their templates."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.change_words import change_label, former_title, was_and_is
from services.notifications.domain.identity import Identity
from services.notifications.domain.move_words import is_told
from services.notifications.domain.offer_words import (
    changed_bookings,
    is_offered,
    offered_label,
    offered_until,
    places_of,
)
from services.notifications.domain.programme_changes import Aspect, aspects, is_off, news
from services.notifications.domain.registration_facts import common_facts, hello_of, status_of
from services.notifications.domain.still_coming_words import answer_by
from services.notifications.domain.templates import PROGRAMME_CHANGED
from services.notifications.domain.wording import (
    in_locale,
    wheelchairs_of,
    when,
)
from shared.i18n import gettext as _
from shared.i18n import ngettext

#: Titles that the preview in a list of mails names.
_PREVIEWED = 3


def programme_facts(content: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Return the variables of `programme_changed.html` and `.txt`, but for what the mail carries.

    `changes` are the changed sessions, `items` the rest of the registration as it stands.
    """
    changes = [_change(change, content, identity) for change in news(content)]
    changed = {change["session_id"] for change in changes}
    news_of = set(content.get("changed", ()))
    items = [
        {
            "session": content["sessions"][booking["session_id"]],
            "party": booking["party"],
            "wheelchairs": wheelchairs_of(booking),
            "status": status_of(booking, content["sessions"][booking["session_id"]]),
            "is_modified": False,
            "answer_by": answer_by(booking, content["sessions"][booking["session_id"]]),
            "offered_label": offered_label(booking),
            "offered_until": offered_until(booking, content["sessions"][booking["session_id"]]),
            "ended_label": "",
            "is_current": False,
            "offer_note": None,
        }
        for booking in content["registration"]["bookings"]
        if booking["status"] != "cancelled" and booking["session_id"] not in changed
        if booking["id"] in news_of or is_told(PROGRAMME_CHANGED, booking, content["registration"])
    ]
    standing = [one for one in (*changes, *items) if one["status"] != "cancelled"]
    heading, lead = _opening(changes, hello_of(content), has_rest=bool(items))
    offered = [one["offered_until"] for one in (*changes, *items) if one["offered_until"]]
    others = [one for one in changed_bookings(content) if one["session_id"] not in changed]
    if is_offered(others):
        lead += " " + ngettext(
            "Une place vous est aussi proposée, à accepter avant l’heure indiquée.",
            "Des places vous sont aussi proposées, à accepter avant l’heure indiquée.",
            sum(places_of(one) for one in others if one["status"] == "offered"),
        )
    return common_facts(content, identity) | {
        "heading": heading,
        "lead": lead,
        "preview": _preview(changes) or lead,
        "changes": changes,
        "items": items,
        "comes": any(one["status"] == "confirmed" for one in standing),
        "is_cancelled": not standing,
        "is_move": False,
        "is_offered": bool(offered),
    }


def _change(
    change: Mapping[str, Any], content: Mapping[str, Any], identity: Identity
) -> dict[str, Any]:
    session, before = content["sessions"][change["session_id"]], change["before"]
    found = aspects(change, session)
    booking = _booking(content, change["session_id"])
    status = "cancelled" if is_off(change, session) else str(booking["status"])
    was, now = was_and_is(found, before, session)
    return {
        "session_id": change["session_id"],
        "session": session,
        "before": before,
        "former_title": former_title(before, session),
        "status": status,
        "waiting": change["waiting"],
        "party": booking["party"],
        "wheelchairs": wheelchairs_of(booking),
        "places": places_of(booking),
        "offered_label": offered_label(booking),
        "offered_until": offered_until(booking, session),
        "aspects": found,
        "label": change_label(found),
        "was": was,
        "now": now,
        "page_url": f"{identity.public_url}/sessions/{change['session_id']}",
    }


def _booking(content: Mapping[str, Any], session_id: str) -> Mapping[str, Any]:
    bookings = content["registration"]["bookings"]
    mine = [booking for booking in bookings if booking["session_id"] == session_id]
    standing = [booking for booking in mine if booking["status"] != "cancelled"]
    found: Mapping[str, Any] = (standing or mine)[0]
    return found


def _opening(changes: list[dict[str, Any]], hello: str, *, has_rest: bool) -> tuple[str, str]:
    """Return the heading and the sentence under it."""
    if not changes:
        return _("Votre inscription"), hello + " " + _("rien n’a changé pour vous.")
    if len(changes) == 1:
        [change] = changes
        heading, sentence = _cancelled(change) if _is_off(change) else _moved(change)
        return heading, f"{hello} {sentence}"
    off = [change for change in changes if _is_off(change)]
    parts = []
    if len(off) < len(changes):
        parts.append(
            ngettext(
                "%(n)s séance de votre inscription change d’horaire ou de lieu",
                "%(n)s séances de votre inscription changent d’horaire ou de lieu",
                len(changes) - len(off),
            )
        )
    if off:
        parts.append(ngettext("%(n)s séance est annulée", "%(n)s séances sont annulées", len(off)))
    sentence = _(" et ").join(parts) + "."
    if off:
        sentence += " " + _("Nous en sommes désolés.")
    sentence += " " + (
        _("Voici le détail, puis le reste de votre inscription.")
        if has_rest
        else _("Voici le détail.")
    )
    return _("Votre programme change"), f"{hello} {sentence}"


def _is_off(change: Mapping[str, Any]) -> bool:
    return bool(change["status"] == "cancelled")


def _cancelled(change: Mapping[str, Any]) -> tuple[str, str]:
    if change["waiting"]:
        return _("Une séance que vous attendiez est annulée"), _(
            "nous sommes désolés : la séance pour laquelle vous étiez sur liste d’attente n’aura "
            "pas lieu. Vous n’avez rien à faire."
        )
    return _("Votre séance est annulée"), _(
        "nous sommes désolés : cette séance n’aura pas lieu. Votre réservation prend fin, vous "
        "n’avez rien à faire."
    )


def _moved(change: Mapping[str, Any]) -> tuple[str, str]:
    """Return the words for one session that is somewhere else, at another time, or on again."""
    found = change["aspects"]
    if "reinstated" in found:
        heading = _("La séance a finalement lieu")
    elif found == {"time"}:
        heading = _("Votre séance change d’horaire")
    elif found == {"place"}:
        heading = _("Votre séance change de lieu")
    else:
        heading = _("Votre séance change d’horaire et de lieu")
    if change["status"] == "waitlisted":
        return _in_waiting(heading, found), _(
            "vous êtes sur la liste d’attente de cette séance, et vous y gardez votre rang. Voici "
            "ce qui change."
        )
    if change["status"] == "offered":
        return _in_waiting(heading, found), ngettext(
            "une place vous est proposée dans cette séance, à accepter avant l’heure indiquée. "
            "Voici ce qui change.",
            "des places vous sont proposées dans cette séance, à accepter avant l’heure "
            "indiquée. Voici ce qui change.",
            change["places"],
        )
    return heading, _("votre réservation reste valable. Voici ce qui change.")


def _in_waiting(heading: str, found: frozenset[Aspect]) -> str:
    """Return the heading for who has no seat yet."""
    if "reinstated" in found:
        return heading
    if found == {"time"}:
        return _("La séance que vous attendez change d’horaire")
    if found == {"place"}:
        return _("La séance que vous attendez change de lieu")
    return _("La séance que vous attendez change d’horaire et de lieu")


def _preview(changes: list[dict[str, Any]]) -> str:
    """Return what a list of mails shows after the subject: the news itself."""
    if len(changes) != 1:
        titles = [in_locale(change["session"]["title"]) for change in changes]
        more = len(titles) - _PREVIEWED
        named = titles[:_PREVIEWED]
        if more > 0:
            named.append(ngettext("et %(n)s autre", "et %(n)s autres", more))
        return ", ".join(named)
    [change] = changes
    if _is_off(change):
        return _("N’aura pas lieu : %(session)s", session=when(change["before"]))
    return _("Maintenant : %(what)s", what=", ".join(change["now"]))
