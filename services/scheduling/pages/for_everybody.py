"""The public pages of the programme, in one list."""

from flask import Blueprint

from services.scheduling.pages import public, sessions, subjects, syndication

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    sessions.blueprint,
    subjects.blueprint,
    syndication.blueprint,
)
