"""Scheduling's JSON API, a module for each noun."""

from services.scheduling.api import programme, tokens

BLUEPRINTS = (programme.blueprint, tokens.blueprint)
