"""Who sees and changes which webhooks: an organisation's organisers its own, the coordination all.

A webhook belongs to the organisation, not to whoever made it: who leaves it leaves it behind.
"""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from services.notifications.models import Webhook


class Viewer(Protocol):
    """Who asks."""

    @property
    def roles(self) -> Collection[str]:
        """What they are."""

    @property
    def organisation_ids(self) -> Collection[UUID]:
        """The organisations that they act for."""


def coordinates(viewer: Viewer) -> bool:
    """Tell whether somebody may have webhooks for whole editions and for any organisation."""
    return "coordinator" in viewer.roles


def own_organisations(viewer: Viewer) -> Collection[UUID]:
    """Return the organisations whose webhooks are somebody's own."""
    return viewer.organisation_ids if "organiser" in viewer.roles else ()


def open_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return what is true of the webhooks that somebody sees and changes."""
    if coordinates(viewer):
        return sa.true()
    return Webhook.organisation_id.in_(own_organisations(viewer))
