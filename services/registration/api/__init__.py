"""Registration's JSON API, a module for each noun."""

from services.registration.api import desk, names, registrations, rules, sessions, tickets

BLUEPRINTS = (
    registrations.blueprint,
    sessions.blueprint,
    names.blueprint,
    rules.blueprint,
    desk.blueprint,
    tickets.blueprint,
)
