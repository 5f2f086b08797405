"""What is odd about a session, and no reason to refuse it: sentences by field."""

from datetime import timedelta

from services.scheduling.models import Session
from shared.i18n import LazyText, format_number
from shared.i18n import lazy_gettext as _

#: A timed session that lasts longer is more often a mistyping than a long night.
LONG = timedelta(hours=24)


def warnings_of(session: Session) -> dict[str, LazyText]:
    """Return what to look at again in a session, by field; its space and venue are read."""
    found: dict[str, LazyText] = {}
    space = session.space
    if (
        session.registration == "here"
        and session.capacity is not None
        and space is not None
        and space.capacity is not None
        and session.capacity > space.capacity
    ):
        found["capacity"] = _(
            "C’est plus que ne contient « %(space)s » : %(n)s personnes.",
            space=space.name,
            n=format_number(space.capacity),
        )
    if session.kind != "exhibition" and session.ends_at - session.starts_at > LONG:
        found["ends_at"] = _("Cette séance dure plus de 24 heures : vérifiez le jour de la fin.")
    if session.kind == "exhibition" and not session.weekly_hours:
        found["weekly_hours"] = _("Les horaires de l’exposition ne sont pas indiqués.")
    return found
