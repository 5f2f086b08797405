"""News of a release: what it changed for one registration is told once, and never misleads.

Registration says what its people were told last. Our own copy of a session may be newer than the
event, and a newer state of the registration may have been mailed about; so what is news is found
again here, against what our own mails said.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.notifications.domain import history
from services.notifications.domain.gathering import (
    GATHERED,
    alone_about,
    due,
    gathered_since,
    is_heard,
    is_near,
    take_waiting,
)
from services.notifications.domain.move_words import move_template_of
from services.notifications.domain.offer_words import offer_template_of
from services.notifications.domain.programme_changes import (
    as_shown,
    as_told,
    changes_of,
    heard_by,
    heard_in,
    is_off,
    put_together,
)
from services.notifications.domain.queueing import UNCHANGED
from services.notifications.domain.registration_state import (
    RegistrationState,
    queue_state,
    sessions_of,
    state_of,
)
from services.notifications.domain.subjects import PACKAGE
from services.notifications.domain.templates import MOVE_PROPOSED, OFFERED, PROGRAMME_CHANGED
from services.notifications.models import OutgoingMail
from shared.i18n import speaking, translator
from shared.messaging.envelope import Envelope

_Sessions = dict[str, dict[str, Any]]


def tell_release(
    db: Session, envelope: Envelope, *, now: datetime, window: timedelta = timedelta()
) -> bool:
    """Queue what a release changed for this registration, once.

    A newer state that was mailed about already does not silence it, for that mail did not say
    what changed: this one tells the newest state then. When all that changed has been told, or
    reads the same, the mail is kept unsent, so that the next one knows what was told, unless a
    place is offered: then it says that.

    It waits for a `window`, and what another release brings meanwhile is told with it.
    """
    alone_about(db, envelope.aggregate_id)
    if is_heard(db, envelope.aggregate_id, envelope.id):
        return False
    past = history.mails_about(db, envelope.aggregate_id)
    state = _newest_state(envelope, past)
    if state.registration["status"] == "cancelled" and envelope.data["status"] != "cancelled":
        return False
    sessions = sessions_of(db, envelope.data, state)
    waiting: list[OutgoingMail] = []
    if window:
        about = (envelope.aggregate_id, PROGRAMME_CHANGED, state.recipient)
        waiting = take_waiting(db, *about)
    taken = {mail.id for mail in waiting}
    past = [one for one in past if one.reason != GATHERED and one.id not in taken]
    told, shown = _told(past)
    heard = [change for mail in waiting for change in heard_by(mail.content)]
    with speaking(translator(PACKAGE, state.locale)):
        changes = changes_of(
            envelope.data,
            registration=state.registration,
            sessions=sessions,
            told=told,
            shown=shown,
            waiting=heard,
        )
    heard = put_together([*heard, *heard_in(envelope.data)])
    since = gathered_since(waiting, now=now)
    leaves = due(since, window, now=now, is_urgent=_is_urgent(changes, sessions, now))
    content = {
        "registration": state.registration,
        "sessions": sessions,
        "changed": _changed(waiting, envelope),
        "changes": changes,
        "heard": heard,
        "gathered_since": since.isoformat(),
        "settled": [change["session_id"] for change in heard],
        "references": history.thread(past, state.recipient),
    }
    about_offer = move_template_of(envelope.data) or offer_template_of(envelope.data)
    offers = not changes and about_offer in (OFFERED, MOVE_PROPOSED)
    template = about_offer if about_offer and offers else PROGRAMME_CHANGED
    withheld = None if changes or offers else UNCHANGED
    version = max([envelope.aggregate_version, *(mail.about_version for mail in waiting)])
    return queue_state(
        db,
        envelope,
        template,
        state,
        content,
        now=now,
        withheld=withheld,
        version=version,
        due=leaves if template == PROGRAMME_CHANGED else None,
    )


def _changed(waiting: Iterable[OutgoingMail], envelope: Envelope) -> list[str]:
    """Return the ids of the bookings that changed, by whatever is told now."""
    ids = [name for mail in waiting for name in mail.content["changed"]]
    return list(dict.fromkeys([*ids, *envelope.data["changed_bookings"]]))


def _is_urgent(changes: Iterable[dict[str, Any]], sessions: _Sessions, now: datetime) -> bool:
    """Tell whether a booking is over in a session that was to begin soon, or is on."""
    return any(
        is_off(change, sessions[change["session_id"]]) and is_near(change["before"], now)
        for change in changes
    )


def _newest_state(envelope: Envelope, past: list[history.PastMail]) -> RegistrationState:
    for mail in past[-1:]:
        if mail.about_version > envelope.aggregate_version and "registration" in mail.content:
            locale = envelope.data["locale"]
            return RegistrationState(mail.content["registration"], mail.recipient, locale)
    return state_of(envelope.data)


def _told(past: list[history.PastMail]) -> tuple[_Sessions, _Sessions]:
    """Return the sessions as mails told their changes, and as the last mail showed them, by id."""
    told: _Sessions = {}
    for mail in past:
        told |= as_told(mail.content)
    sent = [mail for mail in past if mail.status != "withdrawn"]
    last = max(sent, key=lambda mail: mail.id, default=None)
    return told, as_shown(last.content) if last else {}
