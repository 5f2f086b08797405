"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import programme

BLUEPRINTS = (programme.blueprint,)
