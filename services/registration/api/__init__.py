"""Registration's JSON API, a module for each noun."""

from services.registration.api import names, registrations, sessions

BLUEPRINTS = (registrations.blueprint, sessions.blueprint, names.blueprint)
