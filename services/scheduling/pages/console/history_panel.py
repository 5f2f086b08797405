"""The history of one object, on its page: what became of it last, folded until somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.contacts import contacts_in
from services.scheduling.domain.owners import noun_of
from services.scheduling.models import UnplacedSession
from services.scheduling.pages.console.history_words import (
    ZONE,
    action_words,
    change_rows,
    noun_words,
    who_words,
)
from services.scheduling.queries.history import Told, count_of, latest_of, names_in, people_in
from shared.i18n import format_moment

#: How many entries the page of an object shows.
SHOWN = 8


@dataclass(frozen=True)
class Line:
    """An entry in words; `rows` are its differences, `title` is what it is about."""

    who: str
    did: str
    when: str
    noun: str
    title: str
    comment: str | None
    rows: Sequence[dict[str, str | None]]
    told: Told

    @property
    def is_whole(self) -> bool:
        """Tell whether it shows all that there was, and no difference."""
        if self.told.noun == "organisations" and self.told.action == "released":
            return False
        return self.told.action in ("created", "deleted", "invited", "released")


@dataclass(frozen=True)
class Panel:
    """The latest entries of one object, how many there are, and where the others are."""

    lines: Sequence[Line]
    total: int
    href: str


def history_panel(db: DbSession, row: Any, *, with_contacts: bool) -> Panel | None:
    """Return the history of what a page shows; None for what has none of its own."""
    if not isinstance(getattr(row, "id", None), UUID):
        return None
    noun = "sessions" if isinstance(row, UnplacedSession) else noun_of(row)
    return panel_of(db, noun, row.id, frozenset() if with_contacts else contacts_in(row))


def panel_of(db: DbSession, noun: str, row_id: UUID, hidden: frozenset[str] = frozenset()) -> Panel:
    """Return the history of an object by its noun and id; from whom reads it fields are hidden."""
    found = [told.without(hidden) for told in latest_of(db, noun, row_id, SHOWN)]
    href = url_for("console_history.index", noun=noun, row=row_id)
    return Panel(lines_of(db, found), count_of(db, noun, row_id), href)


def lines_of(db: DbSession, found: Sequence[Told]) -> list[Line]:
    """Return entries in words."""
    names, people = names_in(db, found), people_in(db, found)
    return [
        Line(
            who=who_words(told),
            did=action_words(told),
            when=format_moment(told.at, ZONE),
            noun=noun_words(told.noun),
            title=told.title,
            comment=told.comment,
            rows=change_rows(told, names, people),
            told=told,
        )
        for told in found
    ]
