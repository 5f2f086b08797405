"""What one application is made of, as its views reach it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app

from shared.context import ServiceContext

#: Tells whether a sign-in, by its id, was ended before its cookies expired.
RevocationCheck = Callable[[UUID], bool]


@dataclass(frozen=True)
class Parts:
    """The service's context, and how it learns that a sign-in was revoked."""

    context: ServiceContext
    is_revoked: RevocationCheck


def install_parts(app: Flask, parts: Parts) -> None:
    """Keep the parts with the application."""
    app.extensions["parvis"] = parts


def current_parts() -> Parts:
    """Return the parts of the application that answers the current request."""
    parts: Parts = current_app.extensions["parvis"]
    return parts


def current_context() -> ServiceContext:
    """Return the context of the service that answers the current request."""
    return current_parts().context
