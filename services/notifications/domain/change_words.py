"""How a session that changed is told: what it is called, what was, and what is."""

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.programme_changes import Aspect
from services.notifications.domain.wording import in_locale, place, time_lines
from shared.i18n import gettext as _


def change_label(found: frozenset[Aspect]) -> str:
    """Return what happened, in two or three words: « Nouvel horaire »."""
    if "cancelled" in found:
        return _("Séance annulée")
    if "reinstated" in found:
        return _("Séance rétablie")
    if found == {"time"}:
        return _("Nouvel horaire")
    return _("Nouveau lieu") if found == {"place"} else _("Nouvel horaire, nouveau lieu")


def was_and_is(
    found: frozenset[Aspect], before: Mapping[str, Any], session: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """Return the lines of what differs, as it was and as it is."""
    was: list[str] = []
    now: list[str] = []
    if "reinstated" in found:
        was, now = [_("Annulée")], [_("Elle a lieu")]
    if "time" in found:
        was, now = was + time_lines(before), now + time_lines(session)
    if "place" in found:
        was, now = was + place(before), now + place(session)
    return was, now


def former_title(before: Mapping[str, Any], session: Mapping[str, Any]) -> str | None:
    """Return the title that the reader knows the session by, if it has another now."""
    title = in_locale(before.get("title") or {})
    return title if title and title != in_locale(session["title"]) else None
