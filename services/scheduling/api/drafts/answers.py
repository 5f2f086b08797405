"""What the domain refuses, as a client of the API is told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response
from marshmallow import Schema
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.contacts import contacts_in
from services.scheduling.domain.editing.fields import Fault, line
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Invalid, Unknown
from services.scheduling.domain.editing.unavailabilities import SUBJECTS
from services.scheduling.domain.owners import action_on, noun_of, owners_of
from services.scheduling.domain.permissions import may, may_ever
from services.scheduling.domain.touring.parties import as_person, parties_in, parties_in_tour
from services.scheduling.models import Stop, Tour, Unavailability, UnplacedSession
from services.scheduling.queries.releases import edition_of_slug
from shared.i18n import gettext as _
from shared.web.conditional import stale
from shared.web.problems import Problem
from shared.web.tokens import current_token

#: What has rules of its own (`touring_rights.py`), which its own functions ask.
_ELSEWHERE = (Tour, Stop)


@contextmanager
def as_problem(noun: Any, db: DbSession) -> Iterator[None]:
    """Turn what the domain raises into problems; somebody else's change is told with theirs."""
    try:
        yield
    except Unknown as error:
        raise unknown() from error
    except Conflict as error:
        row = fresh(db, noun, error.row.id)
        raise stale(row.revision, dumped(db, noun.answer(), row)) from error
    except Invalid as error:
        raise invalid(error.faults) from error
    except InUse as error:
        raise Problem(409, "in_use", detail=str(error.sentence)) from error


def fresh(db: DbSession, noun: Any, row_id: UUID) -> Any:
    """Return a row as it is now, with what its answer reads of other tables."""
    query = sa.select(noun.model).where(noun.model.id == row_id).options(*noun.options)
    row = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise unknown()
    return row


def edition_id_of(db: DbSession, slug: str) -> UUID:
    """Return the id of the working copy's edition with this slug; there is none, a 404."""
    found = edition_of_slug(db, slug)
    if found is None:
        raise unknown()
    return found


def read_note(text: str | None, longest: int) -> str | None:
    """Return a note in one line; it is too long, a problem at the field `note`."""
    try:
        note: str | None = line(longest)(" ".join((text or "").split()))
    except Fault as fault:
        raise invalid({"note": fault.sentence}) from fault
    return note


def dumped(db: DbSession, schema: Schema, row: Any) -> dict[str, Any]:
    """Return a row as its schema says it, without contacts that the token's maker may not see."""
    content: dict[str, Any] = schema.dump(row)
    if not contacts_in(row).isdisjoint(content):
        content |= dict.fromkeys(hidden_from_token(db, row) & content.keys())
    return content


def hidden_from_token(db: DbSession, row: Any) -> frozenset[str]:
    """Return which of a row's fields are not for whoever made the request's token.

    The papers of a stop are for its parties alone, whoever may read the rest of the programme, and
    the note of a tour for those of its exhibition.
    """
    if isinstance(row, Tour):
        sees_note = parties_in_tour(row, as_person(current_token()))
        return frozenset() if sees_note else contacts_in(row)
    if isinstance(row, Stop):
        return frozenset() if parties_in(row, as_person(current_token())) else contacts_in(row)
    sees = may(current_token(), "contacts", noun_of(row), owners_of(db, row))
    return frozenset() if sees else contacts_in(row)


def check_row(db: DbSession, action: str, row: Any) -> None:
    """Refuse what whoever made the token may not do with a row, whatever else is wrong with it."""
    if isinstance(row, _ELSEWHERE):
        return
    if not may(current_token(), action_on(row, action), noun_of(row), owners_of(db, row)):
        raise forbidden()


def check_ever(action: str, model: type[Any]) -> None:
    """Refuse what whoever made the token may do with nothing of the kind."""
    if model in _ELSEWHERE:
        return
    if model is Unavailability:  # a part of what is absent: to say so is to change it
        nouns, action = [each.__tablename__ for each in SUBJECTS.values()], "change"
    else:
        nouns = ["sessions" if model is UnplacedSession else model.__tablename__]
    if not any(may_ever(current_token(), action, noun) for noun in nouns):
        raise forbidden()


def forbidden() -> Problem:
    """Return the problem of what is somebody else's."""
    words = _("Ceci n’est pas à vous : vous pouvez le lire, pas le modifier.")
    return Problem(403, "forbidden", detail=words)


def unknown() -> Problem:
    """Return the problem of an address that leads nowhere (any more)."""
    return Problem(404, "unknown", detail=_("Rien n’a cette adresse, ou plus."))


def invalid(faults: Mapping[str, Any], place: str = "json") -> Problem:
    """Return the problem of values at fault, with a sentence for each; `commune.name` is nested."""
    errors: dict[str, Any] = {}
    for name, sentence in faults.items():
        *above, last = name.split(".")
        group = errors
        for part in above:
            group = group.setdefault(part, {})
        group[last] = [str(sentence)]
    detail = _("Certaines valeurs sont à corriger.")
    return Problem(422, "invalid", detail=detail, errors={place: errors})


def tagged(response: Response, tag: str | int) -> Response:
    """Give an answer its ETag."""
    response.set_etag(str(tag))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
