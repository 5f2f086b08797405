"""Importing: a programme that was read is compared with what is stored, and then applied whole."""

from services.scheduling.domain.importing.applying import apply, bring_in
from services.scheduling.domain.importing.options import ImportRefused, Options
from services.scheduling.domain.importing.outcome import Counts, Plan, Report, StalePlan
from services.scheduling.domain.importing.planning import plan

__all__ = [
    "Counts",
    "ImportRefused",
    "Options",
    "Plan",
    "Report",
    "StalePlan",
    "apply",
    "bring_in",
    "plan",
]
