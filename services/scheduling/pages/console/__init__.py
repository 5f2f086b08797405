"""The console's pages of the programme, a module for each noun."""

from services.scheduling.pages.console import home, releases, sessions_table, texts, tokens

BLUEPRINTS = (
    home.blueprint,
    releases.blueprint,
    sessions_table.blueprint,
    texts.blueprint,
    tokens.blueprint,
)
