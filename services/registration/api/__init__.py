"""Registration's JSON API, a module for each noun."""

from services.registration.api import names, registrations, rules, sessions, tickets

BLUEPRINTS = (
    registrations.blueprint,
    sessions.blueprint,
    names.blueprint,
    rules.blueprint,
    tickets.blueprint,
)
