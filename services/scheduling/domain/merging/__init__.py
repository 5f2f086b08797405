"""Two rows that are one and the same become one: what referred to either refers to it."""

from services.scheduling.domain.merging.merging import (
    SameRow,
    merge_organisations,
    merge_presenters,
    merge_venues,
)

__all__ = ["SameRow", "merge_organisations", "merge_presenters", "merge_venues"]
