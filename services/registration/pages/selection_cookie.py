"""« Ma sélection »: the sessions that a visitor chose, in a cookie that is no secret.

It holds nothing but public ids, so that a script of the page may count them; whatever else somebody
writes into it is left out.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from flask import Response, request

from services.registration.domain.party import LARGEST_BASKET
from shared.web import current_context
from shared.web.security import cookie_name

#: The cookie's name without its prefix; `shared/web/static/selection.js` reads it as well.
NAME = "parvis_selection"

KEPT_FOR = timedelta(days=60)

_IS_ID = re.compile("[0-9a-f]{32}").fullmatch


def parse(text: str) -> tuple[UUID, ...]:
    """Return the ids in a text of ours, each once, in order; the rest of a long one is left out."""
    found = dict.fromkeys(UUID(part) for part in text[:2000].split(".") if _IS_ID(part))
    return tuple(found)[:LARGEST_BASKET]


def write(sessions: Iterable[UUID]) -> str:
    """Return the text that keeps these ids."""
    return ".".join(session.hex for session in sessions)


def selected() -> tuple[UUID, ...]:
    """Return what the current visitor has chosen."""
    return parse(request.cookies.get(_full_name(), ""))


def keep(response: Response, sessions: Iterable[UUID]) -> Response:
    """Let the visitor's browser keep this choice, or forget an empty one."""
    text = write(sessions)
    if text:
        response.set_cookie(
            _full_name(),
            text,
            max_age=KEPT_FOR,
            secure=current_context().settings.is_secure,
            samesite="Lax",
        )
    else:
        response.delete_cookie(
            _full_name(), secure=current_context().settings.is_secure, samesite="Lax"
        )
    return response


def _full_name() -> str:
    return cookie_name(NAME, current_context().settings)
