"""The public pages of the programme, in one list."""

from flask import Blueprint

from services.scheduling.pages import (
    embedding,
    programme_views,
    public,
    sessions,
    subjects,
    syndication,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    sessions.blueprint,
    subjects.blueprint,
    programme_views.blueprint,
    syndication.blueprint,
    embedding.blueprint,
)
