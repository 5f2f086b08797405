"""The tables that checks read.

As tables, not as models: a move is checked by a dozen statements while somebody drags it, and those
of tables are made, and their rows read, in half the time.
"""

import sqlalchemy as sa

from services.scheduling import models
from services.scheduling.models import Base


def _table(model: type[Base]) -> sa.Table:
    found = model.__table__
    assert isinstance(found, sa.Table)  # noqa: S101 - for the type checker
    return found


ABSENCES = _table(models.Unavailability)
ACCEPTED = _table(models.AcceptedConflict)
ACCOUNTS = _table(models.Account)
ACTIVITIES = _table(models.Activity)
#: Who of its presenters is at a session.
CASTS = _table(models.SessionPresenter)
COMMUNES = _table(models.Commune)
#: Who presents an activity.
CREDITS = _table(models.ActivityPresenter)
EDITIONS = _table(models.Edition)
EDITION_RULES = _table(models.EditionRules)
#: Which resources an activity needs.
NEEDS = _table(models.ActivityResource)
ORGANISATIONS = _table(models.Organisation)
PRESENTERS = _table(models.Presenter)
RESOURCES = _table(models.Resource)
SESSIONS = _table(models.Session)
SPACES = _table(models.Space)
STOPS = _table(models.Stop)
TOURS = _table(models.Tour)
VENUES = _table(models.Venue)
#: Sessions that wait to be placed.
WAITING = _table(models.UnplacedSession)
