"""The small programme as tests of the console find it: where its pages are, what is stored."""

from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from shared.context import ServiceContext
from tests.services.scheduling.drafted_programme import DraftedProgramme

EDITION = "/console/editions/fete-de-la-science-2026"

Row = TypeVar("Row")


def session_path(programme: DraftedProgramme) -> str:
    """Return the address of its session."""
    return f"{EDITION}/sessions/{programme.session.id}"


def only(context: ServiceContext, model: type[Row]) -> Row:
    """Return the one row that there is."""
    with context.database.read() as db:
        return db.scalars(sa.select(model)).unique().one()


def programme_on(programme: DraftedProgramme, db: DbSession) -> DraftedProgramme:
    """Return the programme, to add to it in another transaction."""
    programme._db = db
    return programme
