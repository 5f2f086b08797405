"""Programs at the JSON API: `Authorization: Bearer parvis_…` (RFC 6750), and nothing else.

The console's cookie is not read here: a browser sends it by itself, and the API asks for no form
token that would tell its owner's wish from another site's.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from flask import g, request

from shared.api_tokens import PREFIX, SCOPES, ApiToken, hash_api_token
from shared.i18n import gettext as _
from shared.web.api_description import SCHEME, describe
from shared.web.parts import current_parts
from shared.web.problems import Problem

#: Longer than any token of ours: nothing beyond is even hashed.
_LONGEST = 200

_REALM = 'Bearer realm="Parvis"'


def require_scope(*scopes: str) -> Callable[[Any], Any]:
    """Let only programs with a token of all these scopes into a view, and describe it so.

    It is the outermost decorator but for the route: who may not ask learns nothing of the question.
    """
    if not scopes or not SCOPES.keys() >= set(scopes):
        raise ValueError(scopes)
    return lambda view: _guard(view, *scopes)


def require_token(view: Any) -> Any:
    """Let programs with any good token into a view of the API, and describe it so."""
    return _guard(view)


def current_token() -> ApiToken:
    """Return the token of the current request, in a view behind `require_scope`."""
    token: ApiToken = g.parvis_token
    return token


def current_token_if_any() -> ApiToken | None:
    """Return the token of the current request; None outside the API."""
    token: ApiToken | None = g.get("parvis_token")
    return token


def check_scope(scope: str) -> None:
    """Refuse the current request, behind `require_scope`, unless its token has this scope too."""
    _check_scope(current_token(), scope)


def _guard(view: Any, *scopes: str) -> Any:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        g.parvis_token = _admit(scopes)
        return view(*args, **kwargs)

    refusals = {401: "UNAUTHORIZED"} | ({403: "FORBIDDEN"} if scopes else {})
    describe(guarded, security=[{SCHEME: list(scopes)}], responses=refusals)
    return guarded


def _admit(scopes: Iterable[str]) -> ApiToken:
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not value.strip():
        raise _unauthorised("token_required", _("Cette adresse demande un jeton d’API."), _REALM)
    token = _find(value.strip())
    if token is None:
        detail = _("Ce jeton d’API n’existe pas, a expiré ou a été révoqué.")
        raise _unauthorised("invalid_token", detail, f'{_REALM}, error="invalid_token"')
    for scope in scopes:
        _check_scope(token, scope)
    return token


def _check_scope(token: ApiToken, scope: str) -> None:
    if token.allows(scope):
        return
    challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
    raise Problem(
        403,
        "insufficient_scope",
        detail=_("Ce jeton d’API n’a pas la portée « %(scope)s ».", scope=scope),
        headers={"WWW-Authenticate": challenge},
        scope=scope,
    )


def _find(value: str) -> ApiToken | None:
    if not value.startswith(PREFIX) or len(value) > _LONGEST or not value.isascii():
        return None
    # What is compared is a hash of what was sent, so the time that it takes tells nothing of ours.
    return current_parts().find_token(hash_api_token(value))


def _unauthorised(code: str, detail: str, challenge: str) -> Problem:
    return Problem(401, code, detail=detail, headers={"WWW-Authenticate": challenge})
