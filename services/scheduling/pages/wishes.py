"""What a visitor asks of the programme, as the address says it: read leniently, written back."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from services.scheduling.domain.audiences import AUDIENCES

#: The longest text that is searched for, in characters.
LONGEST_SEARCH = 120


@dataclass(frozen=True)
class Wishes:
    """The filters in the address; whatever is malformed there is left out."""

    edition: str | None
    commune: str | None
    day: date | None
    audience: str | None
    venue: UUID | None
    q: str | None

    @property
    def are_narrow(self) -> bool:
        """Tell whether anything but the edition is asked for."""
        return any((self.commune, self.day, self.audience, self.venue, self.q))

    def address(self, **changes: str | None) -> str:
        """Return the address of the same wishes but for these."""
        wanted = {
            "edition": self.edition,
            "q": self.q,
            "commune": self.commune,
            "day": self.day.isoformat() if self.day else None,
            "audience": self.audience,
            "venue": str(self.venue) if self.venue else None,
            **changes,
        }
        query = urlencode({name: value for name, value in wanted.items() if value})
        return f"/?{query}" if query else "/"


def wishes() -> Wishes:
    """Read the wishes of the request at hand."""
    audience = request.args.get("audience")
    return Wishes(
        edition=_text("edition"),
        commune=_text("commune"),
        day=_day(request.args.get("day")),
        audience=audience if audience in AUDIENCES else None,
        venue=request.args.get("venue", type=UUID),
        q=_text("q"),
    )


def _text(name: str) -> str | None:
    text = request.args.get(name, "").replace("\x00", " ").strip()
    return text[:LONGEST_SEARCH] or None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
