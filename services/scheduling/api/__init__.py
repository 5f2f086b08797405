"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import conflicts, drafts, exports, imports, programme, releases, tokens

BLUEPRINTS = (
    programme.blueprint,
    *drafts.BLUEPRINTS,
    conflicts.blueprint,
    releases.blueprint,
    imports.blueprint,
    exports.blueprint,
    tokens.blueprint,
)
