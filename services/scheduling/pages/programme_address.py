"""The programme's address: what a visitor asked for, and the links that ask for something else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from services.scheduling.domain.audiences import AUDIENCES
from services.scheduling.queries.programme import ProgrammeFilter

#: The longest text that is searched for, in characters.
LONGEST_TEXT = 100


@dataclass(frozen=True)
class ProgrammeAddress:
    """What `/?edition=&day=&commune=&audience=&venue=&q=&cursor=` asks for; nonsense is ignored."""

    edition: str | None = None
    day: date | None = None
    commune: str | None = None
    audience: str | None = None
    venue: UUID | None = None
    q: str = ""
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.day or self.commune or self.audience or self.venue or self.q)

    def href(self) -> str:
        """Return the address in its shortest form."""
        values = {
            "edition": self.edition,
            "day": self.day.isoformat() if self.day else None,
            "commune": self.commune,
            "audience": self.audience,
            "venue": self.venue,
            "q": self.q,
            "cursor": self.cursor,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/?{query}" if query else "/"

    def on(self, day: date | None) -> str:
        """Return the link to the same on another day, or on every day."""
        return replace(self, day=day, cursor=None).href()

    def without(self, name: str) -> str:
        """Return the link that drops one condition."""
        values = {**asdict(self), name: "" if name == "q" else None, "cursor": None}
        return ProgrammeAddress(**values).href()

    def everything(self) -> str:
        """Return the link to the whole edition."""
        return ProgrammeAddress(edition=self.edition).href()

    def from_cursor(self, cursor: str | None) -> str:
        """Return the link to another page of the list."""
        return replace(self, cursor=cursor).href()

    def filter(self, not_over_at: datetime | None) -> ProgrammeFilter:
        """Return what to read; `not_over_at` leaves out what is over, when no day is asked for."""
        return ProgrammeFilter(
            day=self.day,
            commune=self.commune,
            audience=self.audience,
            venue=self.venue,
            text=self.q,
            not_over_at=None if self.day else not_over_at,
        )


def read_address(arguments: Mapping[str, str]) -> ProgrammeAddress:
    """Read what was asked for."""
    audience = arguments.get("audience")
    return ProgrammeAddress(
        edition=arguments.get("edition") or None,
        day=_day(arguments.get("day")),
        commune=arguments.get("commune", "").replace("\x00", "") or None,
        audience=audience if audience in AUDIENCES else None,
        venue=_uuid(arguments.get("venue")),
        q=" ".join(arguments.get("q", "").replace("\x00", "").split())[:LONGEST_TEXT],
        cursor=arguments.get("cursor") or None,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
