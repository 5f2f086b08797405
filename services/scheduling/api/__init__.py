"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import (
    accounts,
    conflict_acceptances,
    conflicts,
    drafts,
    exports,
    imports,
    members,
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
    accounts.blueprint,
    members.blueprint,
    tokens.blueprint,
)
