"""Registration for what is over already: a rehearsal with the programme of a past year."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.domain.importing.options import Options
from services.scheduling.domain.programme import Sentence, SessionRecord
from services.scheduling.models import Session
from shared.i18n import lazy_ngettext

#: How long registration is open for sessions that have started before they are imported. The
#: operator asked for it, to rehearse with last year's file; it ends by itself.
REHEARSAL = timedelta(days=30)


def closing_columns(
    record: SessionRecord, before: Session | None, options: Options, now: datetime
) -> dict[str, Any]:
    """Return when registration closes, as a column, if the operator said how people get in.

    `before` is the session as it is stored. One that took registrations until it started has had
    its real visitors: it stays closed. A rehearsal that goes on keeps its end.
    """
    if options.registration is None or record.kind != "timed":
        return {}
    if options.registration != "here" or record.starts_at > now:
        return {"registration_closes_at": None}
    if before is None or before.registration != "here":
        return {"registration_closes_at": now + REHEARSAL}
    closes_at = before.registration_closes_at
    if closes_at is None or closes_at > now:
        return {"registration_closes_at": closes_at}
    return {"registration_closes_at": now + REHEARSAL}


def rehearsal_note(closings: Collection[datetime], time_zone: str) -> tuple[Sentence, ...]:
    """Return what to tell the operator of sessions that are over and open until these instants."""
    if not closings:
        return ()
    last_day = max(closings).astimezone(ZoneInfo(time_zone)).date()
    return (
        lazy_ngettext(
            "%(n)s séance est déjà passée : l’inscription y est ouverte, pour une répétition, "
            "jusqu’au %(day)s.",
            "%(n)s séances sont déjà passées : l’inscription y est ouverte, pour une répétition, "
            "jusqu’au %(day)s.",
            len(closings),
            day=last_day.isoformat(),
        ),
    )
