"""What registration takes over HTTP, from the JSON API and from its forms alike.

Validators raise codes; `InvalidBody` gives them as sentences in the reader's language, each with
the JSON pointer (RFC 6901) of the value at fault.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registration.domain.party import LARGEST_BASKET, LARGEST_PARTY, heads
from services.registration.domain.questions import MOST_QUESTIONS
from services.registration.domain.registering import WantedBooking
from services.registration.schema_values import (
    LONGEST_NAME,
    Answers,
    EmailAddress,
    Identifier,
    Party,
    Telephone,
    Text,
    Wheelchairs,
    YesOrNo,
)
from shared.i18n import LOCALES
from shared.i18n import lazy_gettext as _

#: What each code says to the person who can put it right.
MESSAGES = {
    "required": _("Ce champ est obligatoire."),
    "null": _("Ce champ ne peut pas être vide."),
    "not_text": _("Un texte est attendu ici."),
    "not_text_characters": _("Ce texte contient des caractères qui ne se lisent pas."),
    "empty": _("Ce champ ne peut pas être vide."),
    "too_long": _("Ce texte est trop long."),
    "email": _("Cette adresse électronique n’est pas complète ou contient une faute."),
    "unknown_field": _("Ce champ n’existe pas."),
    "not_object": _("Un objet JSON est attendu ici."),
    "not_list": _("Une liste est attendue ici."),
    "not_id": _("Cet identifiant n’est pas valable."),
    "not_count": _("Un nombre entier, zéro ou plus, est attendu ici."),
    "unknown_choice": _("Cette valeur n’est pas l’une de celles qui sont proposées."),
    "unknown_category": _("Cette catégorie de personnes n’existe pas."),
    "nobody": _("Indiquez au moins une personne."),
    "too_many_people": _(
        "Une inscription compte au plus %(n)s personnes par séance.", n=LARGEST_PARTY
    ),
    "no_bookings": _("Choisissez au moins une séance."),
    "too_many_bookings": _("Une inscription compte au plus %(n)s séances.", n=LARGEST_BASKET),
    "duplicate": _("Cette séance est choisie deux fois."),
    "telephone": _("Ce numéro de téléphone n’est pas complet ou contient une faute."),
    "not_boolean": _("Vrai ou faux est attendu ici."),
    "too_many_wheelchairs": _("Il y a plus de fauteuils roulants que de personnes."),
    "not_answer": _("Une réponse est un texte, ou vrai pour un accord."),
    "too_many_answers": _("Il y a plus de réponses que de questions."),
    "key": _("L’en-tête Idempotency-Key compte de 1 à 180 caractères ASCII visibles."),
    "key_reused": _("Cette clé a déjà servi pour une autre demande."),
}

_KEY = re.compile("[\x21-\x7e]{1,180}")


class InvalidBody(Exception):
    """The body is not what it should be; `errors` has codes by JSON pointer."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = dict(errors)

    @property
    def sentences(self) -> dict[str, list[str]]:
        """Return the errors in the current reader's language."""
        return {
            pointer: [str(MESSAGES.get(code, code)) for code in codes]
            for pointer, codes in self.errors.items()
        }


def choice(*choices: str, **options: Any) -> fields.String:
    """Return a field that is one of these words."""
    return fields.String(
        validate=validate.OneOf(choices, error="unknown_choice"),
        error_messages={
            "null": "null",
            "required": "required",
            "invalid": "not_text",
            "invalid_utf8": "not_text",
        },
        **options,
    )


class _Body(Schema):
    """A JSON object whose every field is known."""

    error_messages = {"unknown": "unknown_field", "type": "not_object"}  # noqa: RUF012


#: Where the API's readers find out whom they may count.
_PARTY_WORDS = {
    "description": "Heads by category: the codes are the `party_categories` of the session's "
    "edition (`GET /api/v1/editions`)"
}


class WantedBookingBody(_Body):
    """Seats for a party in one session; `if_full` tells what to do when it does not fit.

    `wheelchairs` of the party need a place for one, and no seat; `sign_language` asks for an
    interpreter; `answers` are to the session's questions.
    """

    session_id = Identifier(required=True)
    party = Party(
        required=True, keys=fields.String(), values=fields.Integer(), metadata=_PARTY_WORDS
    )
    if_full = choice("refuse", "waitlist", load_default="refuse")
    wheelchairs = Wheelchairs(metadata={"type": "integer", "minimum": 0})
    sign_language = YesOrNo(metadata={"type": "boolean"})
    answers = Answers(metadata={"type": "object", "maxProperties": MOST_QUESTIONS})

    @validates_schema
    def _check_wheelchairs(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("wheelchairs", 0) > heads(data["party"]):
            raise ValidationError({"wheelchairs": ["too_many_wheelchairs"]})


def _check_basket(bookings: list[dict[str, Any]]) -> None:
    if not bookings:
        raise ValidationError("no_bookings")
    if len(bookings) > LARGEST_BASKET:
        raise ValidationError("too_many_bookings")
    seen = set()
    for index, booking in enumerate(bookings):
        if booking["session_id"] in seen:
            raise ValidationError({index: {"session_id": ["duplicate"]}})
        seen.add(booking["session_id"])


_LIST_ERRORS: dict[str, Any] = {"required": "required", "null": "null", "invalid": "not_list"}


class RegistrationBody(_Body):
    """One contact's registration for one or more sessions, all or nothing."""

    email = EmailAddress(required=True)
    name = Text(required=True, longest=LONGEST_NAME)
    telephone = Telephone()
    locale = choice(*LOCALES, load_default="fr")
    bookings = fields.List(
        fields.Nested(WantedBookingBody, error_messages={"type": "not_object", "null": "null"}),
        required=True,
        validate=_check_basket,
        error_messages=_LIST_ERRORS,
    )


class ChangedBookingBody(_Body):
    """Another party for one booking, its cancellation, or the answer to what it is offered.

    `wheelchairs`: how many of the party, new or as it is, come in one.
    """

    id = Identifier(required=True)
    party = Party(keys=fields.String(), values=fields.Integer(), metadata=_PARTY_WORDS)
    wheelchairs = Wheelchairs(metadata={"type": "integer", "minimum": 0})
    status = choice("cancelled")
    offer = choice("accept", "decline")

    @validates_schema
    def _check_wheelchairs(self, data: dict[str, Any], **_options: Any) -> None:
        if "party" in data and data.get("wheelchairs", 0) > heads(data["party"]):
            raise ValidationError({"wheelchairs": ["too_many_wheelchairs"]})


class ChangeBody(_Body):
    """What is to change in a registration; whatever is left out stays as it is."""

    email = EmailAddress()
    bookings = fields.List(
        fields.Nested(ChangedBookingBody, error_messages={"type": "not_object", "null": "null"}),
        validate=validate.Length(max=LARGEST_BASKET, error="too_many_bookings"),
        error_messages=_LIST_ERRORS,
    )


class BookingAnswer(Schema):
    """One booking as the API tells it."""

    id = fields.UUID()
    session_id = fields.UUID()
    party = fields.Dict(keys=fields.String(), values=fields.Integer())
    seats = fields.Integer()
    status = fields.String(
        validate=validate.OneOf(("confirmed", "waitlisted", "offered", "cancelled"))
    )
    revision = fields.Integer()
    offer_expires_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "Until when a place is offered; null where none is"},
    )
    wheelchairs = fields.Integer(
        metadata={
            "description": "How many of the party take a place for a wheelchair, and no seat; left "
            "out where none do, and of the answer to registering, which outlives access needs"
        }
    )


class RegistrationAnswer(Schema):
    """A registration as the API tells it."""

    id = fields.UUID()
    status = fields.String(validate=validate.OneOf(("active", "cancelled")))
    code = fields.String(metadata={"description": "Short, to be read out"})
    ticket = fields.String(metadata={"description": "What the QR code says"})
    manage_url = fields.Url()
    bookings = fields.List(fields.Nested(BookingAnswer))


def is_idempotency_key(text: str) -> bool:
    """Tell whether the text may be a client's idempotency key."""
    return _KEY.fullmatch(text) is not None


def wanted_bookings(body: Mapping[str, Any]) -> list[WantedBooking]:
    """Return the bookings of a loaded `RegistrationBody`."""
    return [wanted_booking(booking) for booking in body["bookings"]]


def wanted_booking(booking: Mapping[str, Any]) -> WantedBooking:
    """Return what a loaded `WantedBookingBody` asks for."""
    return WantedBooking(
        booking["session_id"],
        booking["party"],
        booking["if_full"] == "waitlist",
        booking.get("wheelchairs", 0),
        booking.get("sign_language", False),
        booking.get("answers", {}),
    )


def load(schema: Schema, body: Any) -> dict[str, Any]:
    """Return the validated body; raises `InvalidBody` naming every fault."""
    try:
        return dict(schema.load(body))
    except ValidationError as error:
        errors: dict[str, list[str]] = {}
        for pointer, code in _flatten(error.messages, ""):
            errors.setdefault(pointer, []).append(code)
        raise InvalidBody(errors) from error


def _flatten(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from _flatten(below, pointer if key == "_schema" else pointer + _step(key))
    elif isinstance(messages, list):
        for below in messages:
            yield from _flatten(below, pointer)
    else:
        yield pointer, str(messages)


def _step(key: Any) -> str:
    printable = str(key).encode("utf-8", "replace").decode()
    return "/" + printable.replace("~", "~0").replace("/", "~1")
