"""Releasing: what was changed is compared with what the public is shown, and published together."""

from services.scheduling.domain.releasing.changes import ChangeKind, SessionChange
from services.scheduling.domain.releasing.comparing import (
    SessionDifference,
    compare_releases,
    compare_with_drafts,
)
from services.scheduling.domain.releasing.holding import hold_back
from services.scheduling.domain.releasing.noting import note_alike
from services.scheduling.domain.releasing.pending import (
    Pending,
    count_candidates,
    pending_change,
    pending_changes,
)
from services.scheduling.domain.releasing.presenting import Presented, presented, presented_by
from services.scheduling.domain.releasing.publishing import (
    ChangedMeanwhile,
    Released,
    release,
)
from services.scheduling.domain.releasing.readiness import LeftOut, public_but_not_accepted
from services.scheduling.domain.releasing.reverting import revert_session
from services.scheduling.domain.releasing.taking_back import (
    TakenBack,
    foresee_taking_back,
    take_back,
)

__all__ = [
    "ChangeKind",
    "ChangedMeanwhile",
    "LeftOut",
    "Pending",
    "Presented",
    "Released",
    "SessionChange",
    "SessionDifference",
    "TakenBack",
    "compare_releases",
    "compare_with_drafts",
    "count_candidates",
    "foresee_taking_back",
    "hold_back",
    "note_alike",
    "pending_change",
    "pending_changes",
    "presented",
    "presented_by",
    "public_but_not_accepted",
    "release",
    "revert_session",
    "take_back",
]
