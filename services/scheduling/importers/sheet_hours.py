"""Weekly hours as people write them in one cell: « mar–ven 10h–12h, 14h–18h; sam 10h–18h »."""

import re
from collections.abc import Sequence
from typing import Any

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.sheet_times import WEEKDAY_NUMBERS, read_clock
from shared.i18n import lazy_gettext as _l
from shared.text import fold


def read_hours(value: Any) -> tuple[tuple[int, str, str], ...]:
    """Return weekly hours: `(ISO weekday, opens, closes)`. Raises `Fault`.

    As in « mar–ven 10h–12h, 14h–18h ; sam 10h–18h », days before hours.
    """
    found: list[tuple[int, str, str]] = []
    for piece in re.split(r"[;\n]", fold(str(value)).replace("–", "-").replace("—", "-")):
        if not piece.strip():
            continue
        split = re.search(r"\d", piece)
        days = _weekdays_of(piece[: split.start()]) if split else ()
        spans = piece[split.start() :].split(",") if split else []
        if not days or not spans:
            raise _no_hours(value)
        for span in spans:
            ends = re.split(r"-|\ba\b|\bto\b", span.strip())
            if len(ends) != 2:
                raise _no_hours(value)
            opens, closes = (read_clock(end.strip()) for end in ends)
            if not closes.days and closes.at <= opens.at:
                raise Fault(_l("La fermeture doit venir après l’ouverture."))
            shown = "23:59" if closes.days else f"{closes.at:%H:%M}"
            found += [(day, f"{opens.at:%H:%M}", shown) for day in days]
    return tuple(sorted(set(found)))


def _weekdays_of(words: str) -> Sequence[int]:
    """Return the weekdays of « mar-ven, dim » or « tous les jours »."""
    if re.fullmatch(r"\s*(tous les jours|every day|daily)\s*:?\s*", words):
        return range(1, 8)
    days: list[int] = []
    for part in re.split(r"[,/+]|\bet\b|\band\b", words.replace(":", " ")):
        ends = [word for word in re.split(r"-|\bau\b|\bto\b|\s", part) if word not in ("", "du")]
        numbers = [WEEKDAY_NUMBERS.get(word.strip(" .")) for word in ends]
        if not numbers and not part.strip():
            continue
        if not numbers or len(numbers) > 2 or None in numbers:
            return ()
        first, last = numbers[0] or 0, numbers[-1] or 0
        days += range(first, last + 1) if first <= last else (*range(first, 8), *range(1, last + 1))
    return days


def _no_hours(value: Any) -> Fault:
    return Fault(
        _l(
            "« %(text)s » ne se lit pas comme des horaires : écrivez « mar-ven 10h-12h, 14h-18h ; "
            "sam 10h-18h ».",
            text=quoted(str(value)),
        )
    )
