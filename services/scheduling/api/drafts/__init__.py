"""The working copy over the API: a module for each kind of draft."""

from services.scheduling.api.drafts import (
    activities,
    activity_picture,
    activity_steps,
    editions,
    festivals,
    organisations,
    pictures,
    presenters,
    resources,
    sessions,
    spaces,
    stops,
    tours,
    unplaced_sessions,
    venues,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        festivals,
        editions,
        organisations,
        presenters,
        venues,
        spaces,
        activities,
        activity_steps,
        activity_picture,
        pictures,
        sessions,
        unplaced_sessions,
        resources,
        tours,
        stops,
    )
)
