"""The console's pages of the programme, a module for each noun."""

from services.scheduling.pages.console import (
    activities,
    editions,
    festivals,
    home,
    imports,
    organisations,
    pictures,
    releases,
    series,
    sessions_edited,
    sessions_table,
    spaces,
    texts,
    tokens,
    venues,
)

BLUEPRINTS = (
    home.blueprint,
    imports.blueprint,
    festivals.blueprint,
    editions.blueprint,
    activities.blueprint,
    sessions_table.blueprint,
    series.blueprint,
    sessions_edited.blueprint,
    venues.blueprint,
    spaces.blueprint,
    organisations.blueprint,
    pictures.blueprint,
    releases.blueprint,
    texts.blueprint,
    tokens.blueprint,
)
