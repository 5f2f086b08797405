"""Reading iCalendar from anywhere in bounded memory and time, component by component (RFC 5545).

Lines are unfolded and counted here; what stands in one is read by `icalendar`. A component that is
not ended makes the whole file unsound: it was cut short.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.given_file import MOST_RECORDS, GivenFile, Progress, read_text
from shared.i18n import lazy_gettext as _l

#: How many characters one line may have, unfolded, and how many lines one component.
LONGEST_LINE = 500_000
MOST_LINES = 5_000
#: How deep components may stand inside one another: calendar, time zone, its standard time.
DEEPEST = 8


@dataclass
class Block:
    """A component: its name, its own lines, unfolded, and the components inside it."""

    name: str
    line: int
    lines: list[str] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def text(self) -> str:
        """Return the component as iCalendar, without what is inside it."""
        return "\r\n".join((f"BEGIN:{self.name}", *self.lines, f"END:{self.name}", ""))

    def whole_text(self) -> str:
        """Return the component as iCalendar, with what is inside it."""
        inside = "".join(block.whole_text() for block in self.blocks)
        return "\r\n".join((f"BEGIN:{self.name}", *self.lines, f"{inside}END:{self.name}", ""))


def read_calendars(file: GivenFile, progress: Progress) -> list[Block]:
    """Return the calendars of a file. Raises `ImportRefused` when it is not sound."""
    reader = _Reader(file.name)
    for number, text in _unfolded(file.name, read_text(file, progress)):
        reader.take(number, text)
    return reader.finish()


class _Reader:
    """Puts lines into the components that they stand in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calendars: list[Block] = []
        self._open: list[Block] = []
        self._count = 0

    def take(self, number: int, text: str) -> None:
        keyword, _, value = text.partition(":")
        keyword = keyword.strip().upper()
        if keyword == "BEGIN":
            self._begin(number, value.strip().upper())
        elif keyword == "END":
            self._end(number, value.strip().upper())
        elif self._open:
            self._open[-1].lines.append(text)
            if len(self._open[-1].lines) > MOST_LINES:
                raise self._unsound(number)
        elif text.strip():
            raise self._unsound(number)

    def finish(self) -> list[Block]:
        if self._open:
            raise ImportRefused(
                _l(
                    "%(name)s est de l’iCalendar qui finit trop tôt : ce qui commence ligne "
                    "%(line)s n’y finit pas.",
                    name=self._name,
                    line=self._open[-1].line,
                )
            )
        return self._calendars

    def _begin(self, number: int, name: str) -> None:
        block = Block(name, number)
        if self._open:
            self._open[-1].blocks.append(block)
        elif name == "VCALENDAR":
            self._calendars.append(block)
        else:
            raise self._unsound(number)
        self._open.append(block)
        self._count += 1
        if len(self._open) > DEEPEST:
            raise self._unsound(number)
        if self._count > MOST_RECORDS:
            raise ImportRefused(
                _l("%(name)s a plus de %(n)s éléments.", name=self._name, n=MOST_RECORDS)
            )

    def _end(self, number: int, name: str) -> None:
        if not self._open or self._open[-1].name != name:
            raise self._unsound(number)
        self._open.pop()

    def _unsound(self, number: int) -> ImportRefused:
        return _unsound(self._name, number)


def _unfolded(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Give each line that is not blank with its number; what is folded is one line."""
    pieces: list[str] = []
    first = length = 0
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        line = line.rstrip("\n").replace("\0", "")
        if line[:1] in (" ", "\t") and pieces:
            pieces.append(line[1:])
        else:
            if pieces:
                yield first, "".join(pieces)
            pieces, first, length = ([line] if line.strip() else []), number, 0
        length += len(line)
        if length > LONGEST_LINE:
            raise _unsound(name, number)
    if pieces:
        yield first, "".join(pieces)


def _unsound(name: str, number: int) -> ImportRefused:
    return ImportRefused(
        _l("%(name)s n’est pas de l’iCalendar bien formé, ligne %(line)s.", name=name, line=number)
    )
