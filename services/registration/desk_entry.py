"""Entering at the desk, as its page and the API do it: once, asking before a namesake counts."""

from services.registration.domain.desk import DeskEntry, Entered, enter, entered_before, entered_by
from services.registration.domain.registering import Answer, KeyTaken
from services.registration.parts import current_ticket_keys
from services.registration.queries import made_with
from shared.identifiers import new_id
from shared.web import current_context

#: How often an entry is tried again because another one used its key meanwhile.
_ATTEMPTS = 5


def enter_once(entry: DeskEntry) -> Answer:
    """Register what was entered; the same key again does nothing. Raises `AllotmentRefused`."""
    context, registration_id = current_context(), new_id()
    wanted = entry.as_request(registration_id, current_ticket_keys().sign(registration_id))
    for _attempt in range(_ATTEMPTS):
        try:
            with context.database.write() as db:
                return enter(db, entry, wanted, now=context.clock())
        except KeyTaken:
            continue
    raise KeyTaken


def entered_just_now(entry: DeskEntry) -> Entered | None:
    """Return what another entry made just now that reads the same; the same key is no other."""
    context = current_context()
    session_id = entry.booking.session_id
    with context.database.read() as db:
        if made_with(db, [entry.key]):
            return None
        found = entered_before(
            db,
            session_id,
            name=entry.name,
            party=entry.booking.party,
            account_id=entry.account_id,
            now=context.clock(),
        )
        if found is None:
            return None
        return entered_by(db, found, session_id, entry.account_id, now=context.clock())
