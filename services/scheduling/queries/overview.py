"""What is known of a whole edition, kept in memory from one release to the next.

Its words (`domain/searching`), its places, and what can be chosen from. A release changes all of it
and nothing else does, so that the number of the last release tells whether it is still true.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.distances import Point, read_point
from services.scheduling.domain.searching.index import Found, SearchIndex
from services.scheduling.models import Commune, PublishedSession, Release
from shared.text import fold


@dataclass(frozen=True)
class CommuneChoice:
    """A commune where the edition has sessions, in its middle as far as is known."""

    insee_code: str
    name: str
    sessions: int
    position: Point | None
    postcodes: frozenset[str]


@dataclass(frozen=True)
class Choice:
    """Something to choose by, how it is called, and how many activities it has."""

    code: str
    name: str
    activities: int


@dataclass(frozen=True)
class Overview:
    """One edition as it was released last."""

    release: int
    communes: tuple[CommuneChoice, ...] = ()
    themes: tuple[Choice, ...] = ()
    accessibility: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    activities: int = 0
    venues: Mapping[UUID, str] = field(default_factory=dict)
    organisations: Mapping[UUID, str] = field(default_factory=dict)
    index: SearchIndex[UUID] = field(default_factory=SearchIndex)

    def find(self, text: str) -> Found[UUID] | None:
        """Return what a text asks for; nothing where it has no word."""
        found = self.index.find(text)
        return found if found.terms else None

    def commune(self, code: str | None) -> CommuneChoice | None:
        """Return a commune by its INSEE code."""
        return next((each for each in self.communes if each.insee_code == code), None)

    def theme(self, slug: str | None) -> Choice | None:
        """Return a theme by its slug."""
        return next((each for each in self.themes if each.code == slug), None)

    def place(self, text: str) -> tuple[str, Point] | None:
        """Return where `Grenoble`, `38000` or `45.187,5.735` is, and its name (none for a point).

        One typing error is forgiven in a commune's name.
        """
        here = read_point(text)
        if here is not None:
            return "", here
        known = [(each, each.position) for each in self.communes if each.position is not None]
        asked = _plain(text)
        by_name = {_plain(commune.name): (commune.name, where) for commune, where in known}
        if asked in by_name:
            return by_name[asked]
        for commune, where in known:
            if text.strip() in commune.postcodes or text.strip() == commune.insee_code:
                return commune.name, where
        if len(asked) < 3:
            return None
        begun = sorted(name for name in by_name if name.startswith(asked))
        near = process.extractOne(asked, list(by_name), scorer=OSA.distance, score_cutoff=2)
        name = begun[0] if begun else near[0] if near else None
        return by_name[name] if name else None


class Overviews:
    """The overviews that one process keeps, an edition each."""

    def __init__(self) -> None:
        self._kept: dict[UUID, Overview] = {}

    def of(self, db: DbSession, edition_id: UUID) -> Overview:
        """Return the overview of an edition, read anew when there was a release since."""
        latest = sa.select(sa.func.max(Release.number)).where(Release.edition_id == edition_id)
        number = db.scalar(latest) or 0
        kept = self._kept.get(edition_id)
        if kept is None or kept.release != number:
            kept = self._kept[edition_id] = read_overview(db, edition_id, number)
        return kept


def read_overview(db: DbSession, edition_id: UUID, release: int) -> Overview:
    """Read an edition whole: two statements."""
    gathered = _Gathered()
    for row in db.execute(_ONE_OF_EACH, {"edition_id": edition_id}):
        gathered.add(row)
    counts = {row.insee_code: row for row in db.execute(_COMMUNES, {"edition_id": edition_id})}
    return Overview(
        release=release,
        communes=tuple(
            CommuneChoice(
                code,
                row.name,
                row.sessions,
                _position(row, gathered.positions[code]),
                frozenset(gathered.postcodes[code]),
            )
            for code, row in sorted(counts.items(), key=lambda each: fold(each[1].name))
        ),
        themes=gathered.themes(),
        accessibility=tuple(sorted(gathered.codes["accessibility"])),
        languages=tuple(sorted(gathered.codes["languages"])),
        levels=tuple(sorted(gathered.codes["school_levels"])),
        activities=len(gathered.activities),
        venues=gathered.venues,
        organisations=gathered.organisations,
        index=gathered.index,
    )


class _Gathered:
    """What is gathered from one session of each activity and one of each venue."""

    def __init__(self) -> None:
        self.index: SearchIndex[UUID] = SearchIndex()
        self.activities: set[UUID] = set()
        self.venues: dict[UUID, str] = {}
        self.organisations: dict[UUID, str] = {}
        self.positions: dict[str | None, list[Point]] = defaultdict(list)
        self.postcodes: dict[str | None, set[str]] = defaultdict(set)
        self.codes: dict[str, set[str]] = defaultdict(set)
        self._themes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, row: Any) -> None:
        for name in ("accessibility", "languages", "school_levels"):
            self.codes[name].update(filter(None, getattr(row, name).split(",")))
        if row.activity_id not in self.activities:
            self._add_activity(row)
        if row.venue_id not in self.venues:
            self._add_venue(row)

    def themes(self) -> tuple[Choice, ...]:
        found = [
            Choice(slug, max(names, key=lambda name: (names[name], name)), sum(names.values()))
            for slug, names in self._themes.items()
        ]
        return tuple(sorted(found, key=lambda theme: theme.code))

    def _add_activity(self, row: Any) -> None:
        details = row.details
        self.activities.add(row.activity_id)
        self.index.add(
            row.activity_id,
            (row.title_fr, row.title_en),
            (
                details["description"]["fr"],
                details["description"]["en"],
                row.theme,
                row.format,
                row.organisation_name,
                *map(str, details["presenters"]),
            ),
        )
        if row.theme_slug:
            self._themes[row.theme_slug][row.theme] += 1
        if row.organisation_id and row.organisation_name:
            self.organisations[row.organisation_id] = row.organisation_name

    def _add_venue(self, row: Any) -> None:
        self.venues[row.venue_id] = row.venue_name
        self.index.add(row.venue_id, (row.venue_name, row.commune_name))
        if row.latitude is not None and row.longitude is not None:
            self.positions[row.insee_code].append(Point(row.latitude, row.longitude))
        postcode = row.details["venue"]["postcode"]
        if postcode:
            self.postcodes[row.insee_code].add(postcode)


def _position(row: Any, venues: Iterable[Point]) -> Point | None:
    """Return a commune's own position, else the middle of its venues."""
    if row.latitude is not None and row.longitude is not None:
        return Point(row.latitude, row.longitude)
    points = list(venues)
    if not points:
        return None
    return Point(
        sum(point.latitude for point in points) / len(points),
        sum(point.longitude for point in points) / len(points),
    )


def _plain(name: str) -> str:
    return fold(name.replace("-", " ").replace("'", " ").replace("’", " "))


_EDITION: sa.BindParameter[Any] = sa.bindparam("edition_id")


def _first_of(column: Any) -> Any:
    latest = (PublishedSession.changed_at.desc(), PublishedSession.id)
    return sa.func.row_number().over(partition_by=column, order_by=latest)


_NUMBERED = (
    sa.select(
        PublishedSession.id,
        _first_of(PublishedSession.activity_id).label("of_activity"),
        _first_of(PublishedSession.venue_id).label("of_venue"),
    )
    .where(PublishedSession.edition_id == _EDITION)
    .subquery()
)

#: One session of each activity and one of each venue, those that were released last.
_ONE_OF_EACH = (
    sa.select(PublishedSession)
    .join(_NUMBERED, _NUMBERED.c.id == PublishedSession.id)
    .where(sa.or_(_NUMBERED.c.of_activity == 1, _NUMBERED.c.of_venue == 1))
    .order_by(PublishedSession.changed_at.desc(), PublishedSession.id)
    .with_only_columns(
        *(
            getattr(PublishedSession, name)
            for name in (
                *("activity_id", "venue_id", "organisation_id", "insee_code", "details"),
                *("title_fr", "title_en", "theme", "theme_slug", "format", "organisation_name"),
                *("venue_name", "commune_name", "latitude", "longitude"),
                *("accessibility", "languages", "school_levels"),
            )
        )
    )
)

_COMMUNES = (
    sa.select(
        PublishedSession.insee_code,
        sa.func.max(PublishedSession.commune_name).label("name"),
        sa.func.count().label("sessions"),
        sa.func.max(Commune.latitude).label("latitude"),
        sa.func.max(Commune.longitude).label("longitude"),
    )
    .outerjoin(Commune, Commune.insee_code == PublishedSession.insee_code)
    .where(PublishedSession.edition_id == _EDITION, PublishedSession.insee_code.is_not(None))
    .group_by(PublishedSession.insee_code)
)
