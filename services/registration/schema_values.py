"""The values that registration takes over HTTP; each raises codes, `schemas` has the sentences."""

import re
import unicodedata
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.registration.domain.party import LARGEST_PARTY
from services.registration.domain.questions import LONGEST_ANSWER, MOST_QUESTIONS

#: RFC 5321, section 4.5.3.1: the longest address, and the longest part before the @.
LONGEST_EMAIL, LONGEST_LOCAL_PART = 254, 64
LONGEST_NAME = 200

#: More than any country writes a number with, and the fewest digits that reach anybody.
LONGEST_TELEPHONE, FEWEST_DIGITS = 30, 6

# Control characters, unpaired surrogates, line separators and what turns text around.
_UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufeff]")
_TELEPHONE = re.compile(r"\+?[0-9 ().\-/]+")
_is_id = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_is_code = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_is_email = validate.Email(error="email")


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


class Telephone(Text):
    """A telephone number as people write it: digits, a plus, and what parts them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=LONGEST_TELEPHONE, **options)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> str:
        text = super()._deserialize(value).replace("\u00a0", " ").replace("\u202f", " ")
        digits = sum(map(str.isdecimal, text))
        if not _TELEPHONE.fullmatch(text) or digits < FEWEST_DIGITS:
            raise ValidationError("telephone")
        return text


class Wheelchairs(fields.Field[int]):
    """How many of a party need a place for a wheelchair: a whole number, none or more."""

    default_error_messages = {"required": "required", "null": "null"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> int:
        if type(value) is not int or value < 0:
            raise ValidationError("not_count")
        if value > LARGEST_PARTY:
            raise ValidationError("too_many_wheelchairs")
        return value


class YesOrNo(fields.Field[bool]):
    """True or false, and no other word for it."""

    default_error_messages = {"required": "required", "null": "null"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not_boolean")
        return value


class Answers(fields.Field[dict[str, Any]]):
    """Answers to a session's questions, by their ids: a text each, true for a consent.

    Whether they are what the questions ask for is found out where the party is admitted.
    """

    default_error_messages = {"required": "required", "null": "null"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("not_object")
        if len(value) > MOST_QUESTIONS:
            raise ValidationError("too_many_answers")
        errors = {
            question: [code]
            for question, answer in value.items()
            if (code := _answer_fault(question, answer))
        }
        if errors:
            raise ValidationError(errors)
        return value


def _answer_fault(question: str, answer: Any) -> str | None:
    if not _is_id(question):
        return "not_id"
    if isinstance(answer, bool):
        return None
    if not isinstance(answer, str):
        return "not_answer"
    if _UNREADABLE.search(answer):
        return "not_text_characters"
    return "too_long" if len(answer) > LONGEST_ANSWER else None


class Party(fields.Dict):
    """Head counts by category: whole numbers, somebody at least.

    Whether the session's edition has these categories is found out where the party is admitted.
    """

    default_error_messages = {"required": "required", "null": "null", "invalid": "not_object"}  # noqa: RUF012

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            raise ValidationError("not_object")
        errors: dict[str, list[str]] = {}
        total = 0
        for category, heads in value.items():
            if not isinstance(category, str) or not _is_code(category):
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
