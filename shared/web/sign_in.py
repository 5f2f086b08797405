"""Who of the staff is at the console: a short-lived signed cookie that every service verifies.

Scheduling alone sets it (`issue_account_cookie`) and renews it at `/console/sign-in/renew`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Response, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from shared.clock import Clock
from shared.context import ServiceContext
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.web.parts import current_context, current_parts
from shared.web.problems import Problem
from shared.web.security import cookie_name

COOKIE = "parvis_account"
#: Seconds for which the cookie is believed.
LIFETIME = 15 * 60

SIGN_IN_PAGE = "/console/sign-in"
RENEW_PAGE = "/console/sign-in/renew"
CONSOLE_HOME = "/console"

#: What roles are called, wherever a page names them.
ROLE_LABELS: dict[str, LazyText] = {
    "coordinator": _("Coordination"),
    "organiser": _("Porteur de projet"),
    "venue": _("Responsable de lieu"),
    "door": _("Accueil à l’entrée"),
    "reader": _("Lecture seule"),
}

P = ParamSpec("P")


@dataclass(frozen=True)
class SignedInAccount:
    """The person who is signed in, as the cookie tells; what rights follow, each service decides.

    `organisation_ids` and `venue_ids` are those that they act for. Whoever `sees_names` was granted
    to see the names of everybody who is registered.
    """

    id: UUID
    name: str
    roles: tuple[str, ...]
    sign_in_id: UUID
    organisation_ids: tuple[UUID, ...] = ()
    venue_ids: tuple[UUID, ...] = ()
    sees_names: bool = False

    def has_role(self, *roles: str) -> bool:
        """Tell whether the account has one of the roles; any account has, if none is named."""
        return not roles or bool(set(roles) & set(self.roles))


def issue_account_cookie(response: Response, account: SignedInAccount) -> None:
    """Set the cookie on the response: for scheduling, when it lets somebody in or renews."""
    context = current_context()
    content = {
        "id": str(account.id),
        "name": account.name,
        "roles": list(account.roles),
        "sign_in_id": str(account.sign_in_id),
        "organisations": [found.hex for found in account.organisation_ids],
        "venues": [found.hex for found in account.venue_ids],
        "sees_names": account.sees_names,
    }
    response.set_cookie(
        cookie_name(COOKIE, context.settings),
        str(_serializer(context).dumps(content)),
        max_age=LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=context.settings.is_secure,
    )


def clear_account_cookie(response: Response) -> None:
    """Take the cookie back: for scheduling, when somebody signs out."""
    settings = current_context().settings
    response.delete_cookie(
        cookie_name(COOKIE, settings), httponly=True, samesite="Lax", secure=settings.is_secure
    )


def current_account() -> SignedInAccount | None:
    """Return who is signed in: the cookie is genuine, not expired and not revoked; else `None`."""
    if "parvis_account" not in g:
        g.parvis_account = _read_account()
    account: SignedInAccount | None = g.parvis_account
    return account


def require_staff(
    *roles: str,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let only signed-in staff into a view, with one of the roles if any are named.

    Others are sent to renew their sign-in, or answered 401 under `/api/`; the wrong role is 403.
    Pages behind it are never stored by a browser or a proxy.
    """

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            account = current_account()
            if account is None:
                return _send_to_sign_in()
            if not account.has_role(*roles):
                abort(403)
            response = make_response(view(*args, **kwargs))
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guarded

    return decorate


def safe_next(target: str | None, default: str = CONSOLE_HOME) -> str:
    """Return a path to go on to: `target` if it stays on this site, else `default`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(letter) < 32 or letter == "\\" for letter in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


class _ClockedSigner(TimestampSigner):
    """A signer that reads the context's clock, so that tests can let time pass."""

    clock: Clock

    def get_timestamp(self) -> int:
        return int(self.clock().timestamp())


def _serializer(context: ServiceContext) -> URLSafeTimedSerializer:
    signer = type("Signer", (_ClockedSigner,), {"clock": staticmethod(context.clock)})
    return URLSafeTimedSerializer(context.settings.secret_key, salt="parvis-account", signer=signer)


def _read_account() -> SignedInAccount | None:
    context = current_context()
    cookie = request.cookies.get(cookie_name(COOKIE, context.settings))
    if not cookie:
        return None
    try:
        content: dict[str, Any] = _serializer(context).loads(cookie, max_age=LIFETIME)
        account = SignedInAccount(
            UUID(content["id"]),
            str(content["name"]),
            tuple(content["roles"]),
            UUID(content["sign_in_id"]),
            tuple(map(UUID, content["organisations"])),
            tuple(map(UUID, content["venues"])),
            bool(content["sees_names"]),
        )
    except (BadData, KeyError, TypeError, ValueError):
        return None
    return None if current_parts().is_revoked(account.sign_in_id) else account


def _send_to_sign_in() -> Response:
    if request.path.startswith("/api/"):
        raise Problem(401, "sign_in_required")
    if request.method == "GET":
        wanted = request.full_path.rstrip("?")
    else:  # what was posted is lost; go on from the page it was posted from
        wanted = safe_next(urlsplit(request.referrer or "").path)
    response = redirect(f"{RENEW_PAGE}?next={quote(wanted)}", 303)
    response.headers["Cache-Control"] = "no-store"
    return make_response(response)
