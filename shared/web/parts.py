"""What one application is made of, as its views reach it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app

from shared.api_tokens import ApiToken
from shared.context import ServiceContext

#: Tells whether a sign-in, by its id, was ended before its cookies expired.
RevocationCheck = Callable[[UUID], bool]

#: Returns the token of the JSON API with this hash, if it is good.
TokenLookup = Callable[[str], ApiToken | None]


@dataclass(frozen=True)
class Parts:
    """The service's context, and how it knows who signed out and which tokens are good."""

    context: ServiceContext
    is_revoked: RevocationCheck
    find_token: TokenLookup


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
