"""Reading JSON from anywhere in bounded memory and time, record by record, with line numbers.

JSON that leaves a doubt is refused: a name that stands twice in one object, NaN and infinity (which
RFC 8259 does not know), a number that no machine has. So is a record larger or deeper than any.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.given_file import MOST_RECORDS, GivenFile, Progress, read_text
from shared.i18n import lazy_gettext as _l

#: How many characters one record may have.
LONGEST_RECORD = 2 * 1024 * 1024
#: How many characters are looked at first; nearly every record is shorter.
_USUAL_RECORD = 32 * 1024
_LONGEST_NUMBER = 100

#: Where a value stands: the names and places that lead to it.
Steps = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n]*")


class _Unsound(ValueError):
    """What is no JSON, or leaves a doubt."""


def walk(
    file: GivenFile, progress: Progress, opens: Callable[[Steps], bool]
) -> Iterator[tuple[Steps, int, Any]]:
    """Yield `(path, line, value)` for the values of a file, in its order.

    An object or an array is gone into where `opens` says so of its path, and is not yielded; every
    other value is yielded whole. Raises `ImportRefused` for what is not sound.
    """
    return _Walk(file, read_text(file, progress), opens).run()


class _Walk:
    """Goes through one text once, and knows the line it is in."""

    def __init__(self, file: GivenFile, text: str, opens: Callable[[Steps], bool]) -> None:
        self._name = file.name
        self._text = text
        self._opens = opens
        self._at = 0
        self._counted = 0
        self._line = 1
        self._values = 0

    def run(self) -> Iterator[tuple[Steps, int, Any]]:
        try:
            yield from self._value(())
            self._skip_space()
            if self._at < len(self._text):
                raise _Unsound
        except (ValueError, RecursionError, MemoryError):
            raise ImportRefused(
                _l(
                    "%(name)s n’est pas du JSON bien formé, ligne %(line)s.",
                    name=self._name,
                    line=self._line_here(),
                )
            ) from None

    def _value(self, path: Steps) -> Iterator[tuple[Steps, int, Any]]:
        self._skip_space()
        first = self._text[self._at : self._at + 1]
        if first == "{" and self._opens(path):
            yield from self._object(path)
        elif first == "[" and self._opens(path):
            yield from self._array(path)
        else:
            self._values += 1
            if self._values > MOST_RECORDS:
                raise ImportRefused(
                    _l("%(name)s a plus de %(n)s éléments.", name=self._name, n=MOST_RECORDS)
                )
            line = self._line_here()
            yield path, line, self._decoded()

    def _object(self, path: Steps) -> Iterator[tuple[Steps, int, Any]]:
        self._at += 1
        names: set[str] = set()
        if self._passes("}"):
            return
        while True:
            self._skip_space()
            if not self._text.startswith('"', self._at):
                raise _Unsound
            name = str(self._decoded())
            if name in names or not self._passes(":"):
                raise _Unsound
            names.add(name)
            yield from self._value((*path, name))
            if self._passes("}"):
                return
            if not self._passes(","):
                raise _Unsound

    def _array(self, path: Steps) -> Iterator[tuple[Steps, int, Any]]:
        self._at += 1
        place = 0
        if self._passes("]"):
            return
        while True:
            yield from self._value((*path, place))
            place += 1
            if self._passes("]"):
                return
            if not self._passes(","):
                raise _Unsound

    def _decoded(self) -> Any:
        """Return the value that begins here, and go behind it."""
        for longest in (_USUAL_RECORD, LONGEST_RECORD):
            window = self._text[self._at : self._at + longest]
            is_cut = self._at + longest < len(self._text)
            try:
                value, end = _DECODER.raw_decode(window)
            except ValueError:
                if not is_cut:
                    raise
            else:
                if end < len(window) or not is_cut:
                    self._at += end
                    return value
        raise ImportRefused(
            _l(
                "%(name)s n’est pas du JSON bien formé ligne %(line)s, ou a là un élément de plus "
                "de %(n)s Mo.",
                name=self._name,
                line=self._line_here(),
                n=LONGEST_RECORD // 1024**2,
            )
        )

    def _passes(self, sign: str) -> bool:
        self._skip_space()
        if not self._text.startswith(sign, self._at):
            return False
        self._at += 1
        return True

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Unsound
    return found


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _Unsound
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Unsound
    return number


def _constant(_text: str) -> Any:
    raise _Unsound


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
