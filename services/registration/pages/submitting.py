"""One wish, one registration: however often a form is sent, by two clicks, Back or reload.

Every form shown has a key of its own, and the visitor's cookie names the last ones. So the same
wish is known again when it comes from a second form, that Back or reload brought; and a form that
comes again with something else in it, after it was taken, leads to what it made. A refusal is kept
with its key as well, so a refused form goes on to the next key in a row that its own one begins.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import sha256
from uuid import UUID

from flask import session as cookie

from services.registration.domain.registering import (
    KEY_REUSED,
    MADE,
    Answer,
    RegistrationRequest,
    WantedBooking,
)
from services.registration.parts import current_registrar
from services.registration.queries import made_with
from shared.identifiers import new_token
from shared.web import current_context

_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_FORMS = "registration_forms"

#: How often one form can be refused, or its registration cancelled, and be sent again.
MOST_TURNS = 8

#: How many forms of one basket, and of how many baskets, a visitor's cookie names.
FORMS_NAMED, BASKETS_NAMED = 3, 4


def new_form_key(sessions: Collection[UUID]) -> str:
    """Return a key for a form that is about to be shown, and name it in the visitor's cookie.

    The form registers for these sessions together.
    """
    key, name = new_token(), _basket_name(sessions)
    forms: dict[str, list[str]] = dict(cookie.get(_FORMS, {}))
    of_basket = [*forms.pop(name, []), key][-FORMS_NAMED:]
    cookie[_FORMS] = dict([*forms.items(), (name, of_basket)][-BASKETS_NAMED:])
    return key


def is_form_key(text: str) -> bool:
    """Tell whether the text looks like a key of ours."""
    return _KEY.fullmatch(text) is not None


def register_once(
    form_key: str,
    *,
    email: str,
    name: str,
    locale: str,
    bookings: Sequence[WantedBooking],
    telephone: str | None = None,
) -> tuple[Answer, bool]:
    """Register, or return what this visitor's forms have registered already.

    The second value tells that it was there before this form was sent, so that nothing was done.
    """
    wish = RegistrationRequest(UUID(int=0), "", "", email, name, locale, tuple(bookings), telephone)
    basket = _basket_name([booking.session_id for booking in bookings])
    mine = _turns(form_key)
    earlier = [
        turn
        for key in cookie.get(_FORMS, {}).get(basket, [])
        if key != form_key
        for turn in _turns(key)
    ]
    with current_context().database.read() as db:
        made = made_with(db, [*mine, *earlier])
    active = {turn: each for turn, each in made.items() if each.is_active}
    for turn, each in active.items():
        if each.body_hash == wish.fingerprint or turn in mine:
            is_repeated = each.body_hash == wish.fingerprint and turn in mine
            return Answer(MADE, {"token": each.token}), not is_repeated
    for turn in mine:
        if turn in made:  # and cancelled since
            continue
        answer = current_registrar().register(
            key=turn,
            email=email,
            name=name,
            locale=locale,
            bookings=bookings,
            telephone=telephone,
        )
        if answer.status != KEY_REUSED:
            return answer, False
    return Answer(KEY_REUSED, {"code": "key_reused"}), False


def _basket_name(sessions: Collection[UUID]) -> str:
    if len(sessions) == 1:
        return str(next(iter(sessions)))
    return sha256(b"".join(sorted(each.bytes for each in sessions))).hexdigest()[:32]


def _turns(form_key: str) -> list[str]:
    """Return the idempotency keys that one form uses, in order."""
    return [f"form:{form_key}.{number}" for number in range(MOST_TURNS)]
