"""The tables of scheduling; each module is about one thing."""

from services.scheduling.models.accounts import (
    Account,
    ApiToken,
    IdempotencyKey,
    Membership,
    SignIn,
    SignInCode,
)
from services.scheduling.models.base import Base
from services.scheduling.models.console import ImportJob, SavedView, SiteText
from services.scheduling.models.images import Image, ImageFile
from services.scheduling.models.kept import (
    AcceptedConflict,
    FeedToken,
    HistoryEntry,
    MergedRow,
)
from services.scheduling.models.people import (
    ActivityPresenter,
    Presenter,
    SessionPresenter,
    Unavailability,
)
from services.scheduling.models.places import Commune, Space, Venue
from services.scheduling.models.programme import (
    Activity,
    Edition,
    EditionRules,
    Festival,
    Organisation,
    Session,
    UnplacedSession,
)
from services.scheduling.models.proposals import NationalCopy, SentReminder
from services.scheduling.models.published import (
    PublishedPresenter,
    PublishedSession,
    Release,
    ReleasedSession,
)
from services.scheduling.models.touring import (
    ActivityResource,
    ConditionPhoto,
    ConditionReport,
    RemindedOption,
    Resource,
    Stop,
    Tour,
)

__all__ = [
    "AcceptedConflict",
    "Account",
    "Activity",
    "ActivityPresenter",
    "ActivityResource",
    "ApiToken",
    "Base",
    "Commune",
    "ConditionPhoto",
    "ConditionReport",
    "Edition",
    "EditionRules",
    "FeedToken",
    "Festival",
    "HistoryEntry",
    "IdempotencyKey",
    "Image",
    "ImageFile",
    "ImportJob",
    "Membership",
    "MergedRow",
    "NationalCopy",
    "Organisation",
    "Presenter",
    "PublishedPresenter",
    "PublishedSession",
    "Release",
    "ReleasedSession",
    "RemindedOption",
    "Resource",
    "SavedView",
    "SentReminder",
    "Session",
    "SessionPresenter",
    "SignIn",
    "SignInCode",
    "SiteText",
    "Space",
    "Stop",
    "Tour",
    "Unavailability",
    "UnplacedSession",
    "Venue",
]
