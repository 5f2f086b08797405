"""One form, one registration: however often it is sent, and whatever was typed the second time.

The key in the form is the visitor's own and new with every form shown. A refusal is kept with its
key as well, so a form that was refused and is sent again with another party goes on to the next
key in a row that the first one begins; two clicks walk the same row and meet.
"""

import re

from services.registration.domain.registering import KEY_REUSED, MADE, Answer, WantedBooking
from services.registration.parts import current_registrar
from services.registration.queries import registered_with
from shared.identifiers import new_token
from shared.web import current_context

_KEY = re.compile(r"[A-Za-z0-9_-]{22}")

#: How often one form can be refused and sent again with something else in it.
MOST_REFUSALS = 8


def new_form_key() -> str:
    """Return a key for one form that is about to be shown."""
    return new_token()


def is_form_key(text: str) -> bool:
    """Tell whether the text looks like a key of ours."""
    return _KEY.fullmatch(text) is not None


def register_once(
    form_key: str, *, email: str, name: str, locale: str, booking: WantedBooking
) -> tuple[Answer, bool]:
    """Register, or return what this form has registered already.

    The second value tells that the form came with something else before, which was taken: what is
    asked for now was not done.
    """
    answer = Answer(KEY_REUSED, {"code": "key_reused"})
    for number in range(MOST_REFUSALS):
        key = f"form:{form_key}.{number}"
        answer = current_registrar().register(
            key=key, email=email, name=name, locale=locale, bookings=[booking]
        )
        if answer.status != KEY_REUSED:
            break
        with current_context().database.read() as db:
            token = registered_with(db, key)
        if token is not None:
            return Answer(MADE, {"token": token}), True
    return answer, False
