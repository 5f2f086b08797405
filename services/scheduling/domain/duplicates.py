"""Venues, organisations and presenters that may be one and the same: by name, address, distance."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.distances import Point, distance_km
from services.scheduling.models import Commune, Organisation, Presenter, Venue
from shared.text import fold

#: Names are alike from here on, of 100, whatever the order of their words.
ALIKE = 86

#: Names that are only somewhat alike count where the place is the same.
SOMEWHAT = 60

#: Two positions so near are one place, in kilometres.
NEAR_KM = 0.15

#: The most that are shown.
MOST = 5

_WORDS = re.compile(r"[a-z0-9]+")

#: Words that half of all venues and organisations have in their names.
_EVERYWHERE = frozenset(
    (
        *("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of"),
        *("the", "association", "asso", "centre", "espace", "maison", "salle", "ville"),
    )
)


@dataclass(frozen=True)
class Known:
    """What is compared of a row; `address` and the commune may be unknown."""

    id: UUID | None
    name: str
    address: str | None = None
    commune_id: UUID | None = None
    commune: str | None = None
    point: Point | None = None


@dataclass(frozen=True)
class Likeness:
    """A row that another may be: how alike their names are, of 100, and what else they share."""

    row: Known
    score: int
    same_address: bool
    metres: int | None


def likely_venues(db: DbSession, wanted: Known) -> list[Likeness]:
    """Return the venues that may be this one, the likeliest first."""
    return likely(wanted, _venues(db))


def likely_organisations(db: DbSession, wanted: Known) -> list[Likeness]:
    """Return the organisations that may be this one, the likeliest first."""
    return likely(wanted, _organisations(db))


def likely_presenters(db: DbSession, wanted: Known) -> list[Likeness]:
    """Return the presenters who may be this one, the likeliest first."""
    return likely(wanted, _presenters(db))


def likely(wanted: Known, others: Iterable[Known]) -> list[Likeness]:
    """Return those of the others that may be the same, the likeliest first, `MOST` at most.

    Alike are names of the same words; or somewhat alike ones at one address, or next to each other.
    """
    own_words, own_address = _words(wanted.name), _address(wanted.address)
    found = []
    for other in others:
        if other.id == wanted.id and wanted.id is not None:
            continue
        score = round(fuzz.token_sort_ratio(own_words, _words(other.name)))
        same_address = own_address != "" and own_address == _address(other.address)
        same_address = same_address and wanted.commune_id == other.commune_id
        metres = None
        if wanted.point is not None and other.point is not None:
            kilometres = distance_km(wanted.point, other.point)
            metres = round(kilometres * 1000) if kilometres <= NEAR_KM else None
        apart = None not in (wanted.commune_id, other.commune_id)
        apart = apart and wanted.commune_id != other.commune_id
        is_alike = score >= ALIKE and (not apart or score == 100)
        if is_alike or (score >= SOMEWHAT and (same_address or metres is not None)):
            found.append(Likeness(other, score, same_address, metres))
    found.sort(key=lambda one: (-one.score - 10 * one.same_address, one.metres or 0, one.row.name))
    return found[:MOST]


def likely_pairs(
    db: DbSession, model: type[Venue] | type[Organisation] | type[Presenter]
) -> list[tuple[Known, Likeness]]:
    """Return the pairs of stored rows that may be one, the likeliest first.

    A name is compared with those that share a rarer word with it, so that a thousand venues are
    looked through in a moment.
    """
    readers: Mapping[type[Any], Callable[[DbSession], Collection[Known]]] = {
        Venue: _venues,
        Organisation: _organisations,
        Presenter: _presenters,
    }
    rows = readers[model](db)
    by_word: dict[str, list[Known]] = {}
    for row in rows:
        for word in set(_words(row.name).split()):
            by_word.setdefault(word, []).append(row)
    found: dict[frozenset[UUID | None], tuple[Known, Likeness]] = {}
    for together in by_word.values():
        for number, row in enumerate(together):
            for one in likely(row, together[number + 1 :]):
                found.setdefault(frozenset((row.id, one.row.id)), (row, one))
    return sorted(found.values(), key=lambda pair: (-pair[1].score, pair[0].name))


def _words(name: str) -> str:
    """Return the words that tell names apart; all of them where none does."""
    words = _WORDS.findall(fold(name))
    return " ".join([word for word in words if word not in _EVERYWHERE] or words)


_STREETS = {"av": "avenue", "bd": "boulevard", "pl": "place", "r": "rue", "imp": "impasse"}


def _address(text: str | None) -> str:
    return " ".join(_STREETS.get(word, word) for word in _WORDS.findall(fold(text or "")))


def _venues(db: DbSession) -> Collection[Known]:
    rows = db.execute(
        sa.select(
            *(Venue.id, Venue.name, Venue.address, Venue.commune_id),
            *(Venue.latitude, Venue.longitude, Commune.name.label("commune")),
        ).outerjoin(Commune, Commune.id == Venue.commune_id)
    )
    return [_known(row, row.latitude, row.longitude) for row in rows]


def _organisations(db: DbSession) -> Collection[Known]:
    rows = db.execute(
        sa.select(
            *(Organisation.id, Organisation.name, Organisation.address, Organisation.commune_id),
            Commune.name.label("commune"),
        ).outerjoin(Commune, Commune.id == Organisation.commune_id)
    )
    return [_known(row, None, None) for row in rows]


def _presenters(db: DbSession) -> Collection[Known]:
    rows = db.execute(
        sa.select(Presenter.id, Presenter.name, Organisation.name.label("organisation")).outerjoin(
            Organisation, Organisation.id == Presenter.organisation_id
        )
    )
    return [Known(row.id, row.name, commune=row.organisation) for row in rows]


def _known(row: Any, latitude: float | None, longitude: float | None) -> Known:
    point = None if latitude is None or longitude is None else Point(latitude, longitude)
    return Known(row.id, row.name, row.address, row.commune_id, row.commune, point)
