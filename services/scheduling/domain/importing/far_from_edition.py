"""Sessions far from the days of the edition that they are brought into: perhaps the wrong one."""

from services.scheduling.domain.editing.edition_days import span_of
from services.scheduling.domain.programme import Programme, Sentence
from services.scheduling.models import Edition
from shared.i18n import lazy_ngettext


def far_note(programme: Programme, edition: Edition) -> tuple[Sentence, ...]:
    """Return what to tell of sessions that an editor could not place there; exhibitions may."""
    earliest, latest = span_of(edition.starts_on, edition.ends_on, edition.time_zone)
    far = sum(
        record.kind != "exhibition" and not earliest <= record.starts_at < latest
        for record in programme.sessions
    )
    if not far:
        return ()
    return (
        lazy_ngettext(
            "%(n)s séance est à plus d’une semaine des jours de l’édition : est-ce bien celle-ci ?",
            "%(n)s séances sont à plus d’une semaine des jours de l’édition : est-ce bien "
            "celle-ci ?",
            far,
        ),
    )
