"""The history: who did what to an object.

Every row that staff may edit (`Editable`) is watched: what a transaction makes, changes or deletes
through the ORM becomes one entry per row when it is flushed, in the same transaction, whoever wrote
it. What is written in bulk (imports), and what is more than a change of fields (a release, a step
of a proposal), is recorded by `written_in_bulk`, `note` and `step`.
"""

from services.scheduling.domain.history.entries import acting, note, write_entries, written_in_bulk
from services.scheduling.domain.history.joining import join_with_last
from services.scheduling.domain.history.subjects import Subject, subject_of
from services.scheduling.domain.history.watching import step

__all__ = [
    "Subject",
    "acting",
    "join_with_last",
    "note",
    "step",
    "subject_of",
    "write_entries",
    "written_in_bulk",
]
