"""Registration's JSON API, a module for each noun."""

from services.registration.api import names, registrations, sessions, tickets

BLUEPRINTS = (registrations.blueprint, sessions.blueprint, names.blueprint, tickets.blueprint)
