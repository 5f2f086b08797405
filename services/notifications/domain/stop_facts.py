"""What the pages of mails about stops of travelling exhibitions say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.stop_words import option_day, stop_words
from services.notifications.domain.templates import STOP_MOVED, STOP_OPTION_REMINDED
from shared.i18n import LazyText, format_day, format_period, format_time
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

#: How a stop stands, and in which colour; of an option its last day is told too.
STATES: Mapping[str, tuple[LazyText, str]] = {
    "requested": (_l("Demandée"), "warn"),
    "optioned": (_l("En option"), "warn"),
    "confirmed": (_l("Confirmée"), "link"),
    "refused": (_l("Refusée"), "bad"),
    "cancelled": (_l("Annulée"), "bad"),
}


def stop_facts(template: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of `stop_moved` and `stop_option_reminded`, `.html` and `.txt`."""
    label, tone = STATES[content["state"]]
    _subject, lead = stop_words(template, content)
    return {
        "heading": content["exhibition"],
        "lead": lead,
        "state": str(label),
        "tone": tone,
        "is_off": content["state"] in ("refused", "cancelled"),
        "facts": [(name, words) for name, words in _facts(template, content) if words],
        "link": content["link"],
        "contact": contact_of(content),
        "sender": content["lender"] or "Parvis",
    }


def contact_of(content: Mapping[str, Any]) -> str | None:
    """Return whom an answer reaches: the other side."""
    is_lenders = content["recipient"]["side"] != "host"
    address: str | None = content["contacts"]["host" if is_lenders else "lender"]
    return address if address != content["recipient"]["email"] else None


def _facts(template: str, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    zone = ZoneInfo(content["time_zone"])
    opens, closes = _local(content["opens_at"], zone), _local(content["closes_at"], zone)
    where = ", ".join(filter(None, (content["venue"], content["commune"])))
    found = [
        (_("Où"), where),
        (_("Ouverte au public"), format_period(opens.date(), closes.date(), year=True)),
        (_("Livraison"), _moment(content["arrives_at"], content["time_zone"], zone)),
        (_("Enlèvement"), _moment(content["leaves_at"], content["time_zone"], zone)),
        (_("Reçue par"), content["host"] or ""),
        (_("Prêtée par"), content["lender"] or ""),
    ]
    if content["copies"] > 1:
        found.append((_("Exemplaires"), str(content["copies"])))
    if content["state"] == "optioned" and template != STOP_OPTION_REMINDED:
        found.append((_("Option jusqu’au"), option_day(content)))
    if content["state"] in ("requested", "optioned") and not content["place_agrees"]:
        found.append((_("Accord du lieu"), _("Pas encore donné")))
    if template == STOP_MOVED and content["who"]:
        found.append((_("Par"), content["who"]))
    return found


def _moment(instant: Any, time_zone: str, zone: ZoneInfo) -> str:
    local = _local(instant, zone)
    return _(
        "%(day)s à %(time)s",
        day=format_day(local, year=True),
        time=format_time(local, time_zone),
    )


def _local(instant: Any, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(str(instant)).astimezone(zone)
