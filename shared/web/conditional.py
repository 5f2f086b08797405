"""Changing what one has seen: `If-Match` with the ETag that it was read under (RFC 9110, 13.1.1).

Two people, or two programs, may edit the same thing. Whoever saves says which version was looked
at; if it is no longer the newest, nothing is overwritten, and the answer tells what there is now.
"""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from flask import request

from shared.i18n import gettext as _
from shared.web.api_description import describe
from shared.web.problems import Problem

_HEADER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "minLength": 3, "maxLength": 100, "pattern": '^"[!#-~]+"$'},
    "description": "The ETag under which the thing was read",
    "example": '"7"',
}


def needs_if_match(view: Any) -> Any:
    """Ask for `If-Match` before a view of the API is entered, and describe it so.

    The view compares `seen_tag()` or `seen_revision()` with what there is, in its transaction.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if "If-Match" not in request.headers:
            detail = _("Dites dans If-Match quelle version vous avez lue (son ETag).")
            raise Problem(428, "if_match_required", detail=detail)
        return view(*args, **kwargs)

    describe(
        guarded,
        parameters=[_HEADER],
        responses={412: "PRECONDITION_FAILED", 428: "PRECONDITION_REQUIRED"},
    )
    return guarded


def seen_tag() -> str:
    """Return the tag in `If-Match`, as it was before the answer was compressed."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return tag.removesuffix("-gzip")


def seen_revision() -> int:
    """Return the revision that `If-Match` names; 0, which is never one, for any other tag."""
    tag = seen_tag()
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else 0


def stale(tag: str | int, current: Mapping[str, Any]) -> Problem:
    """Return the problem for a writer who has not seen the newest version, which it tells."""
    return Problem(
        412,
        "changed",
        detail=_("Quelqu’un l’a changé entre-temps : rien n’est écrasé. Voici ce qu’il y a."),
        headers={"ETag": f'"{tag}"'},
        current=current,
    )
