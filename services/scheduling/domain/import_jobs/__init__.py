"""Imports that are followed on a page: a file is planned, looked at, and applied when accepted."""

from services.scheduling.domain.import_jobs.jobs import (
    LARGEST_FILE,
    NotNow,
    abandon,
    accept,
    add_job,
    next_job,
    revive,
)
from services.scheduling.domain.import_jobs.working import CHANGED, work

__all__ = [
    "CHANGED",
    "LARGEST_FILE",
    "NotNow",
    "abandon",
    "accept",
    "add_job",
    "next_job",
    "revive",
    "work",
]
