"""What a visitor is told of sessions that one cannot well go to both."""

from uuid import UUID

from services.registration.domain.warnings import Warning
from services.registration.pages.basket import Basket
from services.registration.queries import SessionPage
from shared.i18n import current_locale, format_length, format_time
from shared.i18n import gettext as _


def warning_sentences(basket: Basket) -> list[str]:
    """Return the warnings of a basket, in the order of time."""
    sessions = {entry.session.id: entry.session for entry in basket.entries}
    return [_sentence(warning, sessions) for warning in basket.warnings()]


def _sentence(warning: Warning, sessions: dict[UUID, SessionPage]) -> str:
    first, second = sessions[warning.first], sessions[warning.second]
    locale = current_locale()
    names = {"first": first.title(locale), "second": second.title(locale)}
    if warning.kind == "clash":
        return _("« %(first)s » et « %(second)s » ont lieu en même temps.", **names)
    return _(
        "« %(first)s » finit à %(end)s (%(here)s), "
        "« %(second)s » commence à %(start)s (%(there)s) : "
        "comptez environ %(way)s pour y aller.",
        **names,
        end=format_time(first.ends_at, first.details["time_zone"]),
        start=format_time(second.starts_at, second.details["time_zone"]),
        here=_town(first),
        there=_town(second),
        way=format_length(warning.needed),
    )


def _town(session: SessionPage) -> str:
    venue = session.details["venue"]
    return str(venue["commune"]["name"] if venue["commune"] else venue["name"])
