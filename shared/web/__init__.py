"""The web side that every service shares: application, shell, sign-in, errors."""

from shared.web.parts import current_context

__all__ = ["current_context"]
