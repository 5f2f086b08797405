"""What stands in a cell of a spreadsheet as a value: a text, a number, a choice, ages.

Whatever cannot be taken raises `Fault` with a sentence that says what to write instead.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from services.scheduling.domain.editing import activities, fields
from services.scheduling.domain.editing.fields import LARGEST_NUMBER, LINK, Fault
from services.scheduling.importers.malformed import LONGEST_TITLE, quoted
from services.scheduling.importers.plain_text import web_address
from services.scheduling.importers.sheet_words import YES_NO, Choice, codes_by_word
from services.scheduling.importers.ways_in import ways_in
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l
from shared.text import fold

#: The oldest that an activity is for, in years.
OLDEST = 120

_line = fields.line(LONGEST_TITLE)
_name = fields.line(activities.LONGEST_TITLE)
_paragraphs = fields.paragraphs(activities.LONGEST_DESCRIPTION)
_names = fields.lines(200)
_email = fields.email()
_telephone = fields.telephone()
_link = fields.link()
_YES = codes_by_word(YES_NO)
_PARTING = re.compile(r"([,;/\n])")


def read_text(value: Any) -> str:
    """Return a cell as text: a number without a needless « .0 », lines ended by a line feed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime):
        value = value.date() if value.time() == time(0) else value
    if isinstance(value, date | time) and not isinstance(value, datetime):
        value = value.isoformat()
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def read_line(value: Any) -> str:
    """Return a text on one line; what a cell has on several is joined. Raises `Fault`."""
    return _line(_joined(value)) or ""


def read_name(value: Any) -> str:
    """Return a title or a name on one line, as long as a form takes one. Raises `Fault`."""
    return _name(_joined(value)) or ""


def read_paragraphs(value: Any) -> str:
    """Return a longer text, as it is. Raises `Fault`."""
    return _paragraphs(read_text(value)) or ""


def read_names(value: Any) -> tuple[str, ...]:
    """Return names, one a line, or in one line parted by semicolons. Raises `Fault`."""
    text = str(value).replace("\r\n", "\n")
    pieces = re.split(r"\n" if "\n" in text else r";", text)
    return tuple(dict.fromkeys(_names([read_text(piece) for piece in pieces])))


def read_whole(value: Any) -> int:
    """Return a whole number from 0 on, also of « 12 places ». Raises `Fault`."""
    number: int | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = int(value) if float(value).is_integer() else None
    elif isinstance(value, str):
        text = re.sub(r"[\s\u202f]", "", fold(value))
        found = re.fullmatch(r"([-−]?\d{1,12})(places?|personnes?|pers\.?|seats?|people)?", text)
        number = int(found[1].replace("−", "-")) if found else None
    if number is None or not 0 <= number <= LARGEST_NUMBER:
        raise Fault(
            _l("« %(text)s » n’est pas un nombre entier, nul ou positif.", text=quoted(str(value)))
        )
    return number


def read_degrees(value: Any, furthest: int) -> float:
    """Return a latitude or a longitude, with a point or a comma. Raises `Fault`."""
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        number = float("nan")
    return float(fields.degrees(furthest)(number))


def read_code(value: Any, length: int = 5) -> str:
    """Return a postcode or an INSEE code: Excel takes the zero away in front of 01004."""
    text = read_text(value).upper().replace(" ", "")
    if text.isdigit() and len(text) == length - 1:
        text = f"0{text}"
    return read_line(text)


def read_insee(value: Any) -> str:
    """Return the INSEE code of a commune. Raises `Fault`."""
    code = read_code(value)
    if not re.fullmatch(r"(\d{2}|2[AB])\d{3}", code):
        raise Fault(
            _l(
                "« %(text)s » n’est pas un code INSEE de commune : il a cinq signes, comme 38185.",
                text=quoted(code),
            )
        )
    return code


def read_yes(value: Any) -> bool:
    """Tell whether a cell says yes. Raises `Fault`."""
    code = _YES.get(fold(read_text(value)))
    if code is None:
        raise Fault(_l("Écrivez oui ou non, et non « %(text)s ».", text=quoted(read_text(value))))
    return code == "yes"


def read_choice(value: Any, choices: tuple[Choice, ...]) -> str:
    """Return the code of one of a few answers. Raises `Fault`, which lists them."""
    return _code_of(read_text(value), codes_by_word(choices), choices)


def read_choices(value: Any, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """Return the codes of some of a few answers, in their order. Raises `Fault`."""
    words = codes_by_word(choices)
    found = {_code_of(piece, words, choices) for piece in _pieces(read_text(value), words)}
    return tuple(choice.code for choice in choices if choice.code in found)


def _pieces(text: str, words: Mapping[str, str]) -> Iterator[str]:
    """Return what commas, semicolons, slashes and line ends part; words may hold some too."""
    parts = _PARTING.split(text)  # pieces, with what parts them in between
    longest = max(2 * len(_PARTING.findall(word)) + 1 for word in words)
    at = 0
    while at < len(parts):
        size = next(
            (n for n in range(longest, 1, -2) if fold("".join(parts[at : at + n])) in words), 1
        )
        piece = "".join(parts[at : at + size])
        if piece.strip():
            yield piece
        at += size + 1


def _code_of(text: str, words: dict[str, str], choices: tuple[Choice, ...]) -> str:
    code = words.get(fold(text))
    if code is None:
        listed = _listed([choice.label for choice in choices])
        raise Fault(
            _l(
                "« %(text)s » n’est pas une des réponses prévues : %(choices)s.",
                text=quoted(text),
                choices=listed,
            )
        )
    return code


def _listed(labels: Sequence[LazyText]) -> LazyText:
    """Return words one after the other, each in the language of who reads them."""
    first, *rest = labels
    return (
        LazyText("%(first)s, %(rest)s", {"first": first, "rest": _listed(rest)}) if rest else first
    )


def read_ages(value: Any) -> tuple[int | None, int | None]:
    """Return the youngest and the oldest of « 8 à 12 ans », « dès 6 ans », « jusqu’à 12 ».

    Raises `Fault`, also for what Excel has made a date of.
    """
    if isinstance(value, date | time | timedelta):
        raise Fault(
            _l(
                "Le tableur a pris ces âges pour une date : écrivez « 8 à 12 ans », en toutes "
                "lettres."
            )
        )
    text = fold(read_text(value))
    text = re.sub(r"\b(ans?|annees|years?( old)?|de|from)\b\.?", " ", text)
    text = " ".join(text.replace("–", "-").replace("—", "-").split())
    ages = _ages_of(text)
    if ages is None:
        raise Fault(
            _l(
                "« %(text)s » ne se lit pas comme des âges : écrivez « 8 à 12 ans », « dès 6 ans » "
                "ou « jusqu’à 12 ans ».",
                text=quoted(read_text(value)),
            )
        )
    youngest, oldest = ages
    if youngest is not None and oldest is not None and youngest > oldest:
        raise Fault(_l("L’âge le plus grand est inférieur au plus petit."))
    if max(youngest or 0, oldest or 0) > OLDEST:
        raise Fault(_l("Un âge va de 0 à %(oldest)s ans.", oldest=OLDEST))
    return ages


def _ages_of(text: str) -> tuple[int | None, int | None] | None:
    if text in ("tous", "tout age", "tous ages", "all", "all ages", "a tout age"):
        return None, None
    if found := re.fullmatch(r"(\d{1,3}) ?(?:-|a|to|et) ?(\d{1,3})", text):
        return int(found[1]), int(found[2])
    if found := re.fullmatch(
        r"(?:des|a partir|\+|plus) ?(\d{1,3})|(\d{1,3}) ?(?:\+|et plus)?", text
    ):
        return int(found[1] or found[2]), None
    if found := re.fullmatch(r"(?:jusqu'a|moins|up to|until|<) ?(\d{1,3})", text):
        return None, int(found[1])
    return None


def read_email(value: Any) -> str:
    """Return an e-mail address. Raises `Fault`."""
    text = read_text(value).removeprefix("mailto:")
    return ways_in([{"type": "email", "value": text}]).email or str(_email(text))


def read_telephone(value: Any) -> str:
    """Return a telephone number; Excel takes the zero away in front of one. Raises `Fault`."""
    text = read_text(value)
    if isinstance(value, int | float) and len(text) == 9:
        text = f"0{text}"
    return ways_in([{"type": "phone", "value": text}]).telephone or str(_telephone(text))


def read_link(value: Any) -> str:
    """Return a web address, with its https:// where it has none. Raises `Fault`."""
    text = read_text(value)
    if re.fullmatch(r"(www\.)?[\w-]+(\.[\w-]+)+(/\S*)?", text):
        text = f"https://{text}"
    found = web_address(text) or _link(text)
    if not found:
        raise Fault(LINK)
    return str(found)


def _joined(value: Any) -> str:
    return re.sub(r"[\t\n\u2028\u2029]+", " ", read_text(value))
