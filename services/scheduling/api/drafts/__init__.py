"""The working copy over the API: a module for each kind of draft."""

from services.scheduling.api.drafts import (
    activities,
    activity_picture,
    activity_steps,
    communes,
    duplicates,
    editions,
    festivals,
    next_edition,
    organisations,
    pictures,
    presenters,
    resources,
    series,
    sessions,
    sessions_together,
    spaces,
    stops,
    tours,
    unavailabilities,
    unplaced_sessions,
    venues,
)

BLUEPRINTS = tuple(
    module.blueprint
    for module in (
        festivals,
        editions,
        next_edition,
        organisations,
        presenters,
        duplicates,
        communes,
        venues,
        spaces,
        activities,
        activity_steps,
        activity_picture,
        pictures,
        sessions,
        sessions_together,
        series,
        unplaced_sessions,
        resources,
        unavailabilities,
        tours,
        stops,
    )
)
