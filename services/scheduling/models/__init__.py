"""The tables of scheduling; each module is about one thing."""

from services.scheduling.models.accounts import (
    Account,
    ApiToken,
    IdempotencyKey,
    SignIn,
    SignInCode,
)
from services.scheduling.models.base import Base
from services.scheduling.models.console import ImportJob, SavedView, SiteText
from services.scheduling.models.places import Commune, Space, Venue
from services.scheduling.models.programme import (
    Activity,
    Edition,
    Festival,
    Organisation,
    Session,
)
from services.scheduling.models.published import PublishedSession, Release, ReleasedSession

__all__ = [
    "Account",
    "Activity",
    "ApiToken",
    "Base",
    "Commune",
    "Edition",
    "Festival",
    "IdempotencyKey",
    "ImportJob",
    "Organisation",
    "PublishedSession",
    "Release",
    "ReleasedSession",
    "SavedView",
    "Session",
    "SignIn",
    "SignInCode",
    "SiteText",
    "Space",
    "Venue",
]
