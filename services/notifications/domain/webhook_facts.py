"""What the pages of the mail about a disabled webhook say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.text_safety import one_line
from shared.i18n import format_day, format_time
from shared.i18n import gettext as _

#: The clocks that organisers read.
ZONE = "Europe/Paris"


def webhook_facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of `webhook_disabled.html` and `.txt`."""
    since = datetime.fromisoformat(content["failing_since"]).astimezone(ZoneInfo(ZONE))
    name = one_line(content["name"])
    if content["reason"] == "gone":
        lead = _(
            "L’adresse de « %(name)s » a répondu qu’elle n’existe plus (410). "
            "Parvis ne lui envoie plus rien.",
            name=name,
        )
    else:
        lead = _(
            "Depuis le %(day)s à %(time)s, rien de ce que Parvis envoie à « %(name)s » n’arrive. "
            "Après plusieurs jours d’essais, nous avons arrêté.",
            day=format_day(since, year=True),
            time=format_time(since, ZONE),
            name=name,
        )
    return {
        "heading": _("Un webhook est désactivé"),
        "lead": lead,
        "facts": [
            (_("Adresse"), one_line(content["url"], longest=1000)),
            (_("Pour"), one_line(content["scope"])),
        ],
        "link": content["link"],
    }
