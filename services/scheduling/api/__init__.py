"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import (
    accounts,
    changes,
    conflict_acceptances,
    conflicts,
    drafts,
    exports,
    history,
    imports,
    members,
    placement,
    programme,
    releases,
    releases_compared,
    texts,
    tokens,
)

BLUEPRINTS = (
    programme.blueprint,
    *drafts.BLUEPRINTS,
    conflicts.blueprint,
    conflict_acceptances.blueprint,
    changes.blueprint,
    releases.blueprint,
    releases_compared.blueprint,
    imports.blueprint,
    exports.blueprint,
    placement.blueprint,
    history.blueprint,
    accounts.blueprint,
    members.blueprint,
    texts.blueprint,
    tokens.blueprint,
)
