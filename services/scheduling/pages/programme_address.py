"""The programme's address: what a visitor asked for, and the links that ask for something else."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from services.scheduling.domain.accessibility import ACCESSIBILITY
from services.scheduling.domain.audiences import AUDIENCES, OLDEST
from services.scheduling.domain.languages import LANGUAGES
from services.scheduling.domain.school_levels import SCHOOL_LEVELS
from services.scheduling.domain.themes import slug_of_theme
from services.scheduling.queries.narrowing import Narrowing
from services.scheduling.queries.overview import Overview
from services.scheduling.queries.programme import ProgrammeFilter, weekend_of
from services.scheduling.queries.released import PublicEdition

#: The longest text that is searched for, in characters.
LONGEST_TEXT = 100

#: How far around somebody the list can be cut off, in kilometres.
RADII = (5, 10, 20, 50)

#: The days that have names of their own.
TODAY, WEEKEND = "today", "weekend"

#: In what order the list can stand.
BY_DATE, BY_DISTANCE, BY_WORDS = "date", "distance", "words"


@dataclass(frozen=True)
class ProgrammeAddress:
    """What `/?edition=&day=&commune=&…` asks for; nonsense is ignored.

    `near` is a commune, a postcode or a position; `within` are kilometres around it. `access`,
    `spoken` and `level` are codes, `theme` is a slug. `free` asks for sessions without reservation,
    `places` for those that one may still come to.
    """

    edition: str | None = None
    when: str | None = None
    day: date | None = None
    near: str | None = None
    within: int | None = None
    commune: str | None = None
    audience: str | None = None
    age: int | None = None
    venue: UUID | None = None
    organisation: UUID | None = None
    theme: str | None = None
    access: str | None = None
    spoken: str | None = None
    level: str | None = None
    places: bool = False
    free: bool = False
    q: str = ""
    sort: str | None = None
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows or orders the list."""
        return bool(self.conditions())

    def conditions(self) -> dict[str, Any]:
        """Return what narrows the list, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {n: value for n, value in values.items() if _is_said(value) and n not in _FRAME}

    @property
    def chosen(self) -> list[str]:
        """Return the conditions as they are named above the list: the words that are sought first.

        A distance goes without saying beside its place, « today » beside a day.
        """
        beside = {"within", "when"} if self.day else {"within"}
        names = [name for name in self.conditions() if name not in beside]
        return sorted(names, key=lambda name: name != "q")

    @property
    def folded(self) -> int:
        """Return how many of the conditions stand in the part of the form that folds."""
        return sum(_is_said(getattr(self, name)) for name in FOLDED)

    def query(self, *, beside: tuple[str, ...] = ()) -> str:
        """Return the query in its shortest form, without the arguments named in `beside`."""
        values = {each.name: _written(getattr(self, each.name)) for each in fields(self)}
        return urlencode({n: value for n, value in values.items() if value and n not in beside})

    def href(self, path: str = "/") -> str:
        """Return the address in its shortest form."""
        query = self.query()
        return f"{path}?{query}" if query else path

    def on(self, day: date | None) -> str:
        """Return the link to the same on another day, or on every day."""
        return replace(self, day=day, when=None, cursor=None).href()

    def having(self, **values: Any) -> str:
        """Return the link that asks for something besides, or for something else."""
        return replace(self, cursor=None, **values).href()

    def without(self, *names: str, path: str = "/") -> str:
        """Return the link that drops conditions."""
        plain = {each.name: each.default for each in fields(self) if each.name in names}
        return replace(self, cursor=None, **plain).href(path)  # type: ignore[arg-type]

    def everything(self, path: str = "/") -> str:
        """Return the link to the whole edition."""
        return ProgrammeAddress(edition=self.edition).href(path)

    def from_cursor(self, cursor: str | None) -> str:
        """Return the link to another page of the list."""
        return replace(self, cursor=cursor).href()

    def days(self, edition: PublicEdition, today: date) -> tuple[date, ...]:
        """Return the days that are asked for, none for all."""
        if self.day is not None:
            return (self.day,)
        if self.when == TODAY:
            return (today,)
        return weekend_of(edition, today) if self.when == WEEKEND else ()

    def filter(
        self, edition: PublicEdition, overview: Overview, now: datetime, today: date
    ) -> ProgrammeFilter:
        """Return what to read; what is over is left out of an edition that goes on, day or not."""
        place = overview.place(self.near) if self.near else None
        days = self.days(edition, today)
        narrowing = Narrowing(
            commune=self.commune,
            venue=self.venue,
            organisation=self.organisation,
            theme=self.theme,
            audience=self.audience,
            age=self.age,
            accessibility=self.access,
            language=self.spoken,
            level=self.level,
            free_entry=self.free,
            has_room=self.places,
            now=now,
            near=place[1] if place else None,
            within_km=self.within if place else None,
            found=overview.find(self.q) if self.q else None,
        )
        goes_on = edition.ends_on >= today
        return ProgrammeFilter(narrowing, days, now if goes_on and not days else None)

    def order(self, wanted: ProgrammeFilter) -> str:
        """Return in what order the list stands: by distance where somebody is, unless asked."""
        can = {
            BY_DISTANCE: wanted.narrowing.near is not None,
            BY_WORDS: wanted.narrowing.found is not None,
        }
        if self.sort is not None and can.get(self.sort):
            return self.sort
        return BY_DISTANCE if can[BY_DISTANCE] and self.sort != BY_DATE else BY_DATE


#: What is not a condition: of which edition the list is, in what order, from where on.
_FRAME = ("edition", "sort", "cursor")

#: The conditions that the form keeps folded away.
FOLDED = ("theme", "access", "spoken", "level", "places", "free", "near", "within")


def read_address(arguments: Mapping[str, str]) -> ProgrammeAddress:
    """Read what was asked for."""

    def one_of(name: str, known: tuple[str, ...]) -> str | None:
        value = arguments.get(name)
        return value if value in known else None

    return ProgrammeAddress(
        edition=arguments.get("edition") or None,
        when=one_of("when", (TODAY, WEEKEND)),
        day=_day(arguments.get("day")),
        near=_text(arguments.get("near")) or None,
        within=_number(arguments.get("within"), RADII),
        commune=arguments.get("commune", "").replace("\x00", "") or None,
        audience=one_of("audience", AUDIENCES),
        age=_number(arguments.get("age"), range(OLDEST + 1)),
        venue=_uuid(arguments.get("venue")),
        organisation=_uuid(arguments.get("organisation")),
        theme=slug_of_theme(arguments.get("theme")),
        access=one_of("access", ACCESSIBILITY),
        spoken=one_of("spoken", LANGUAGES),
        level=one_of("level", SCHOOL_LEVELS),
        places=bool(arguments.get("places")),
        free=bool(arguments.get("free")),
        q=_text(arguments.get("q")),
        sort=one_of("sort", (BY_DATE, BY_DISTANCE, BY_WORDS)),
        cursor=arguments.get("cursor") or None,
    )


def _is_said(value: Any) -> bool:
    return value is not None and value is not False and value != ""


def _written(value: Any) -> str | None:
    if not _is_said(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return "1" if value is True else str(value)


def _text(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())[:LONGEST_TEXT]


def _number(text: str | None, known: Any) -> int | None:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else None
    return number if number in known else None


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
