"""What each kind of field takes: a value is cleaned, or refused with a sentence for the reader."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from marshmallow import ValidationError, validate

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _

#: The largest whole number that both databases keep in a column.
LARGEST_NUMBER = 2**31 - 1

#: Earlier and later years are mistypings.
YEARS = (2000, 2100)

REQUIRED = _("Ce champ est obligatoire.")

# Control characters, halves of characters, what turns a text around or hides in it.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("[\t\n\u2028\u2029]")
_TELEPHONE = re.compile(r"\+?[\d ().\-/]+")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_REGIONS = tuple(
    f"{region}/"
    for region in (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
)
_is_email = validate.Email()


class Fault(Exception):
    """A value that cannot be taken; `sentence` says why, and what to do."""

    def __init__(self, sentence: LazyText) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True)
class Field:
    """How a column's values are cleaned; what is left empty becomes `default`, if it may be."""

    clean: Callable[[Any], Any]
    required: bool = False
    default: Any = None

    def __call__(self, value: Any) -> Any:
        """Return the value as it is stored; raises `Fault`."""
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", value).strip()
        if value is None or value == "":
            if self.required:
                raise Fault(REQUIRED)
            return list(self.default) if isinstance(self.default, list) else self.default
        return self.clean(value)


def line(longest: int = 200, *, required: bool = False) -> Field:
    """Return a field for one line of text."""

    def clean(text: str) -> str:
        if _LINE_ENDS.search(text):
            raise Fault(_("Écrivez ce texte sur une seule ligne."))
        return _readable(text, longest)

    return Field(clean, required)


def paragraphs(longest: int = 20_000, *, default: str | None = None) -> Field:
    """Return a field for a longer text, whose line ends are kept."""

    def clean(text: str) -> str:
        return _readable(text.replace("\r\n", "\n").replace("\r", "\n"), longest)

    return Field(clean, default=default)


def lines(longest: int = 120, *, most: int = 50) -> Field:
    """Return a field for a list of short texts, such as the presenters."""
    one = line(longest)

    def clean(texts: Iterable[str]) -> list[str]:
        found = [text for text in map(one, texts) if text]
        if len(found) > most:
            raise Fault(_("C’est trop : indiquez-en %(most)s au plus.", most=most))
        return found

    return Field(clean, default=[])


def email() -> Field:
    """Return a field for an e-mail address."""

    def clean(text: str) -> str:
        address = _readable(text, 254)
        try:
            _is_email(address)
        except ValidationError:
            raise Fault(
                _("Cette adresse électronique n’est pas complète ou contient une faute.")
            ) from None
        return address

    return Field(clean)


def telephone() -> Field:
    """Return a field for a telephone number as people write it."""

    def clean(text: str) -> str:
        number = " ".join(_readable(text, 40).split())
        if not _TELEPHONE.fullmatch(number) or not 3 <= sum(map(str.isdigit, number)) <= 20:
            raise Fault(_("Écrivez un numéro de téléphone, comme 04 76 00 00 00."))
        return number

    return Field(clean)


def postcode() -> Field:
    """Return a field for a postcode, French or not."""

    def clean(text: str) -> str:
        bare = " ".join(text.upper().split())
        if len(bare) > 10 or not bare.replace(" ", "").replace("-", "").isalnum():
            raise Fault(_("Écrivez un code postal, comme 38000."))
        return bare

    return Field(clean)


def link() -> Field:
    """Return a field for the address of a web page."""

    def clean(text: str) -> str:
        address = _readable(text, 2000)
        try:
            parts = urlsplit(address)
            is_whole = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
            is_whole = is_whole and parts.port != 0 and not re.search(r"\s", address)
        except ValueError:  # a port that is no number, a bracket that is not closed
            is_whole = False
        if not is_whole:
            raise Fault(LINK)
        return address

    return Field(clean)


LINK = _("Écrivez une adresse web entière, comme https://exemple.fr/page.")


def whole(smallest: int = 0, largest: int = LARGEST_NUMBER) -> Field:
    """Return a field for a whole number."""

    def clean(number: int) -> int:
        if number < smallest and largest == LARGEST_NUMBER:
            raise Fault(_("Écrivez un nombre entier, %(smallest)s ou plus.", smallest=smallest))
        if not smallest <= number <= largest:
            raise Fault(
                _(
                    "Écrivez un nombre entier de %(smallest)s à %(largest)s.",
                    smallest=smallest,
                    largest=largest,
                )
            )
        return number

    return Field(clean)


def degrees(furthest: int) -> Field:
    """Return a field for a latitude or a longitude, up to so many degrees from zero."""

    def clean(number: float) -> float:
        if not -furthest <= number <= furthest:  # which nan is not, either
            raise Fault(
                _("Écrivez un nombre de degrés entre −%(n)s et %(n)s.", n=furthest),
            )
        return float(number)

    return Field(clean)


def one_of(choices: Collection[str], *, default: str | None = None) -> Field:
    """Return a field for one of a few known words."""

    def clean(word: str) -> str:
        if word not in choices:
            raise Fault(UNKNOWN_CHOICE)
        return word

    return Field(clean, required=default is None, default=default)


UNKNOWN_CHOICE = _("Choisissez l’une des réponses proposées.")


def several_of(choices: Collection[str], *, default: list[str] | None) -> Field:
    """Return a field for some of a few known words, kept in their order; None may be no answer."""

    def clean(words: Collection[str]) -> list[str]:
        if any(word not in choices for word in words):
            raise Fault(UNKNOWN_CHOICE)
        return [word for word in choices if word in words]

    return Field(clean, default=default)


def flag() -> Field:
    """Return a field for yes or no."""
    return Field(bool, default=False)


def reference(*, required: bool = False) -> Field:
    """Return a field for the id of another row; whether there is one is looked up elsewhere."""

    def clean(identifier: UUID) -> UUID:
        return identifier

    return Field(clean, required)


def day(*, required: bool = False) -> Field:
    """Return a field for a date."""

    def clean(value: date) -> date:
        _check_year(value.year)
        return value

    return Field(clean, required)


def instant(*, required: bool = False) -> Field:
    """Return a field for an aware instant, kept in UTC."""

    def clean(value: datetime) -> datetime:
        _check_year(value.year)
        return value.astimezone(UTC)

    return Field(clean, required)


def time_zone(*, default: str | None = None) -> Field:
    """Return a field for a time zone by its IANA name."""

    def clean(name: str) -> str:
        if name not in known_time_zones():
            raise Fault(_("Ce fuseau horaire n’existe pas : choisissez-en un dans la liste."))
        return name

    return Field(clean, default=default)


@cache
def known_time_zones() -> tuple[str, ...]:
    """Return the names of the time zones in which one can live, in order."""
    names = (name for name in available_timezones() if name.startswith(_REGIONS))
    return (*sorted(names), "UTC")


def is_clock(text: str) -> bool:
    """Tell whether it is a time of day, `HH:MM`."""
    return _CLOCK.fullmatch(text) is not None


def _check_year(year: int) -> None:
    earliest, latest = YEARS
    if not earliest <= year <= latest:
        raise Fault(
            _(
                "L’année doit être comprise entre %(earliest)s et %(latest)s.",
                earliest=earliest,
                latest=latest,
            )
        )


def _readable(text: str, longest: int) -> str:
    if _UNREADABLE.search(text):
        raise Fault(_("Ce texte contient des caractères invisibles : saisissez-le à nouveau."))
    if len(text) > longest:
        raise Fault(
            _(
                "Ce texte compte %(n)s caractères : raccourcissez-le à %(longest)s.",
                n=len(text),
                longest=longest,
            )
        )
    return text
