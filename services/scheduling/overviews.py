"""The overviews of editions that a web process keeps, for its pages and its API."""

from uuid import UUID

from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session as DbSession

from services.scheduling.queries.overview import Overview, Overviews


def install_overviews(app: App) -> None:
    """Begin with none."""
    app.extensions["overviews"] = Overviews()


def overview_of(db: DbSession, edition_id: UUID) -> Overview:
    """Return what this process keeps of an edition, as new as its last release."""
    overviews: Overviews = current_app.extensions["overviews"]
    return overviews.of(db, edition_id)
