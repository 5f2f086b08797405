"""Time zones of iCalendar: names of IANA, of Windows, of other programs, and zones of its own."""

import io
import re
from collections.abc import Iterable
from datetime import tzinfo

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from services.scheduling.importers.moments import named_zone
from services.scheduling.importers.safe_ics import Block

#: A zone's own rule is followed from year to year: no other is a zone's.
_RULE = re.compile(
    r"FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|COUNT=\d{1,3}|UNTIL=\d{8}(T\d{6}Z?)?"
    r"|BY(MONTH|DAY|MONTHDAY)=[-+0-9A-Z,]{1,40}"
)
_MOST_CHANGES = 200


class Zones:
    """The zones that a calendar's times are in, by the names it gives them."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = {
            _value(block, "TZID").strip(): block for block in blocks if block.name == "VTIMEZONE"
        }
        self._found: dict[str, tzinfo | None] = {}

    def find(self, name: str) -> tzinfo | None:
        """Return the zone of a `TZID`, or None if nothing says what it is."""
        if name not in self._found:
            iana = self.iana_name(name)
            self._found[name] = named_zone(iana) if iana else self._own(name)
        return self._found[name]

    def iana_name(self, name: str) -> str | None:
        """Return the IANA name that a `TZID` stands for, or None.

        It may be one; the end of a longer name (`/mozilla.org/20050126_1/Europe/Paris`); Windows's
        (`Romance Standard Time`); or the one that its own definition tells (`X-LIC-LOCATION`).
        """
        name = name.strip().strip('"')
        block = self._blocks.get(name)
        parts = [part for part in name.split("/") if part][-3:]
        tails = ["/".join(parts[start:]) for start in range(len(parts))]
        guesses = [name, *tails, WINDOWS_TO_OLSON.get(name, "")]
        guesses.append(_value(block, "X-LIC-LOCATION") if block else "")
        return next((guess for guess in guesses if named_zone(guess)), None)

    def _own(self, name: str) -> tzinfo | None:
        block = self._blocks.get(name.strip().strip('"'))
        if block is None or len(block.blocks) > _MOST_CHANGES:
            return None
        if not all(_is_plain(change) for change in block.blocks):
            return None
        try:
            zone = tzical(io.StringIO(_definition(block))).get()
        except (ValueError, KeyError, IndexError, TypeError, OverflowError, AttributeError):
            return None
        return zone if isinstance(zone, tzinfo) else None


def _definition(block: Block) -> str:
    """Return the zone with what its reader knows, and no more."""
    kept = [
        Block(
            change.name,
            change.line,
            [line for line in change.lines if re.match(r"(DTSTART|RRULE|RDATE|TZOFF)", line, re.I)],
        )
        for change in block.blocks
    ]
    return Block(block.name, block.line, ["TZID:own"], kept).whole_text()


def _is_plain(change: Block) -> bool:
    """Tell whether a change of the clock is one that is followed in no time."""
    if change.name not in ("STANDARD", "DAYLIGHT") or len(change.lines) > _MOST_CHANGES:
        return False
    rules = [line.partition(":")[2] for line in change.lines if line.upper().startswith("RRULE")]
    dates = [line for line in change.lines if line.upper().startswith("RDATE")]
    return (
        len(rules) <= 1
        and all(
            rule.upper().startswith("FREQ=YEARLY")
            and all(_RULE.fullmatch(part) for part in rule.upper().split(";"))
            for rule in rules
        )
        and sum(line.count(",") for line in dates) < _MOST_CHANGES
    )


def _value(block: Block, name: str) -> str:
    for line in block.lines:
        if re.match(rf"{name}[:;]", line, re.IGNORECASE):
            return line.partition(":")[2].strip()
    return ""
