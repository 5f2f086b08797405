"""What registration takes over HTTP, from the JSON API and from its forms alike.

Validators raise codes; `InvalidBody` gives them as sentences in the reader's language, each with
the JSON pointer (RFC 6901) of the value at fault.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.registration.domain.party import CATEGORIES, LARGEST_BASKET, LARGEST_PARTY
from services.registration.domain.registering import WantedBooking
from shared.i18n import LOCALES
from shared.i18n import lazy_gettext as _

#: RFC 5321, section 4.5.3.1: the longest address, and the longest part before the @.
LONGEST_EMAIL, LONGEST_LOCAL_PART = 254, 64
LONGEST_NAME = 200

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
    "key": _("L’en-tête Idempotency-Key compte de 1 à 180 caractères ASCII visibles."),
    "key_reused": _("Cette clé a déjà servi pour une autre demande."),
}

# Control characters, unpaired surrogates, line separators and what turns text around.
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufeff]")
_KEY = re.compile("[\x21-\x7e]{1,180}")
_is_email = validate.Email(error="email")


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


class Text(fields.String):
    """One line of text that can be stored, printed and put in a mail's header."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "not_text"}  # noqa: RUF012

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self._longest = longest

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_text")
        if _UNREADABLE.search(value):
            raise ValidationError("not_text_characters")
        text = value.strip()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if not text:
            raise ValidationError("empty")
        if len(text) > self._longest:
            raise ValidationError("too_long")
        return text


class EmailAddress(Text):
    """An address that mail can be sent to, in small letters.

    A domain in other letters becomes its ASCII form. Whoever types an address with a capital today
    and without tomorrow is one person: no mail server that counts tells the two apart.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=LONGEST_EMAIL, **options)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> str:
        text = super()._deserialize(value).lower()
        local, _at, domain = text.rpartition("@")
        if '"' in local or len(local) > LONGEST_LOCAL_PART or not local.isascii():
            raise ValidationError("email")
        if not domain.isascii():
            try:
                text = f"{local}@{domain.encode('idna').decode()}"
            except UnicodeError as error:
                raise ValidationError("email") from error
        _is_email(text)
        return text


class Party(fields.Dict):
    """Head counts by category: whole numbers, somebody at least."""

    default_error_messages = {"required": "required", "null": "null", "invalid": "not_object"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            raise ValidationError("not_object")
        errors: dict[str, list[str]] = {}
        total = 0
        for category, heads in value.items():
            if category not in CATEGORIES:
                errors[category] = ["unknown_category"]
            elif type(heads) is not int or heads < 0:
                errors[category] = ["not_count"]
            else:
                total += heads
        if errors:
            raise ValidationError(errors)
        if not total:
            raise ValidationError("nobody")
        if total > LARGEST_PARTY:
            raise ValidationError("too_many_people")
        return value


class Identifier(fields.UUID):
    """A UUID in its usual text form."""

    default_error_messages = {  # noqa: RUF012
        "required": "required",
        "null": "null",
        "invalid": "not_id",
        "invalid_uuid": "not_id",
    }


def _choice(*choices: str, **options: Any) -> fields.String:
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


class WantedBookingBody(_Body):
    """Seats for a party in one session; `if_full` tells what to do when it does not fit."""

    session_id = Identifier(required=True)
    party = Party(required=True, keys=fields.String(), values=fields.Integer())
    if_full = _choice("refuse", "waitlist", load_default="refuse")


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
    locale = _choice(*LOCALES, load_default="fr")
    bookings = fields.List(
        fields.Nested(WantedBookingBody, error_messages={"type": "not_object", "null": "null"}),
        required=True,
        validate=_check_basket,
        error_messages=_LIST_ERRORS,
    )


class ChangedBookingBody(_Body):
    """Another party for one booking, or its cancellation."""

    id = Identifier(required=True)
    party = Party(keys=fields.String(), values=fields.Integer())
    status = _choice("cancelled")


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
    return [
        WantedBooking(booking["session_id"], booking["party"], booking["if_full"] == "waitlist")
        for booking in body["bookings"]
    ]


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
