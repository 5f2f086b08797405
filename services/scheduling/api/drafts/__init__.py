"""The working copy over the API: a module for each kind of draft."""

from services.scheduling.api.drafts import (
    activities,
    editions,
    festivals,
    organisations,
    resources,
    sessions,
    spaces,
    unplaced_sessions,
    venues,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        festivals,
        editions,
        organisations,
        venues,
        spaces,
        activities,
        sessions,
        unplaced_sessions,
        resources,
    )
)
