"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import drafts, programme, releases, tokens

BLUEPRINTS = (
    programme.blueprint,
    *drafts.BLUEPRINTS,
    releases.blueprint,
    tokens.blueprint,
)
