"""The console's pages of the programme, a module for each noun."""

from services.scheduling.pages.console import home, releases, tokens

BLUEPRINTS = (home.blueprint, releases.blueprint, tokens.blueprint)
