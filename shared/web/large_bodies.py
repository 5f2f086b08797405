"""Requests that hand in a file may be longer than others."""

from flask import Blueprint, request
from flask.sansio.blueprints import BlueprintSetupState

#: What a form weighs beside its file, in bytes.
FORM = 64 * 1024


def allow_large_bodies(blueprint: Blueprint, largest: int, *endpoints: str) -> None:
    """Let requests to these endpoints of the blueprint carry a file of so many bytes.

    It is said before anything reads the form, which the CSRF protection does.
    """
    names = {f"{blueprint.name}.{endpoint}" for endpoint in endpoints}

    def allow() -> None:
        if request.endpoint in names:
            request.max_content_length = largest + FORM

    def before_forms_are_read(state: BlueprintSetupState) -> None:
        state.app.before_request_funcs.setdefault(None, []).insert(0, allow)

    blueprint.record_once(before_forms_are_read)
