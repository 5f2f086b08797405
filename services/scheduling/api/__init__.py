"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import (
    conflict_acceptances,
    conflicts,
    drafts,
    exports,
    imports,
    programme,
    releases,
    releases_compared,
    tokens,
)

BLUEPRINTS = (
    programme.blueprint,
    *drafts.BLUEPRINTS,
    conflicts.blueprint,
    conflict_acceptances.blueprint,
    releases.blueprint,
    releases_compared.blueprint,
    imports.blueprint,
    exports.blueprint,
    tokens.blueprint,
)
