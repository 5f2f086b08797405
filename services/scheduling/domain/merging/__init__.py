"""Two rows that are one and the same become one: what referred to either refers to it."""

from services.scheduling.domain.merging.merging import (
    SameRow,
    merge_organisations,
    merge_presenters,
    merge_venues,
    take_both,
)
from services.scheduling.domain.merging.previewing import Preview, preview

__all__ = [
    "Preview",
    "SameRow",
    "merge_organisations",
    "merge_presenters",
    "merge_venues",
    "preview",
    "take_both",
]
