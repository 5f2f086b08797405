"""The application factory: one Flask application for each service, all with one shell."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Request, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

from shared.api_tokens import ApiToken, find_copied_token
from shared.context import ServiceContext
from shared.observability import get_logger
from shared.web.access_log import install_access_log
from shared.web.api import install_api
from shared.web.errors import install_errors
from shared.web.health import install_health
from shared.web.language import install_language
from shared.web.parts import Parts, RevocationCheck, TokenLookup, install_parts
from shared.web.revalidation import FindVersion, install_revalidation
from shared.web.security import install_security
from shared.web.shell import install_shell
from shared.web.static_files import StaticFiles, install_static_files

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

#: The longest body that a page or the API takes, in bytes.
LONGEST_BODY = 1024 * 1024

_log = get_logger(__name__)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions; who has none yet gets an empty one before any signature is prepared."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class Application(Flask):
    """A Flask application whose error log names the route and never the address asked for."""

    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is: none of ours is a coroutine, and Flask asks each time."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Log an exception that no handler took; a path could carry somebody's secret token."""
        rule = request.url_rule.rule if request.url_rule else "(none)"
        _log.error("request_failed", method=request.method, route=rule, exc_info=exc_info)


class Json(DefaultJSONProvider):
    """JSON in UTF-8, its fields in the order they were given."""

    ensure_ascii = False
    sort_keys = False


def create_application(
    context: ServiceContext,
    *,
    import_name: str,
    blueprints: Iterable[Blueprint] = (),
    api_blueprints: Iterable[Blueprint] = (),
    is_revoked: RevocationCheck | None = None,
    find_token: TokenLookup | None = None,
    versions: Mapping[str, FindVersion] | None = None,
) -> Flask:
    """Build a service's application: its pages, its JSON API and everything they share.

    `import_name` is a module at the top of the service's package, such as its `web`; templates and
    static files are in `pages/` beside it. `blueprints` are pages (CSRF-protected);
    `api_blueprints` are flask-smorest's, described at `/api/v1/{service}/openapi.json`.
    `is_revoked` tells whether a sign-in was ended; without it, none is. `find_token` knows the
    tokens of the API; without it, they are looked for in the service's copies. `versions` tells,
    for endpoints that serve what is public and seldom changes, which version there is.
    """
    app = Application(import_name, static_folder=None, template_folder=None)
    app.json = Json(app)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    pages = Path(app.root_path) / "pages"
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(pages / "templates"), FileSystemLoader(TEMPLATES)]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tokens = find_token or _copied_tokens(context)
    install_parts(app, Parts(context, is_revoked or _never_revoked, tokens))
    install_revalidation(app, versions or {})
    install_access_log(app)
    install_language(app, package=f"services.{context.service}")
    protection = install_security(app, context.settings)
    folders = {"shared": STATIC, context.service: pages / "static"}
    install_static_files(app, StaticFiles(folders))
    install_shell(app, context)
    install_health(app)
    install_errors(app)
    install_api(app, api_blueprints, context=context, protection=protection)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def _never_revoked(_sign_in_id: UUID) -> bool:
    return False


def _copied_tokens(context: ServiceContext) -> TokenLookup:
    def find(token_hash: str) -> ApiToken | None:
        with context.database.read() as db:
            return find_copied_token(db, token_hash, now=context.clock())

    return find
