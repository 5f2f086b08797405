"""Conditional requests for what is public, answered before Flask is entered.

Calendars ask again and again for what has not changed. Once it is known which version there is, the
answer is a handful of headers: nobody is signed in, nothing is translated, no form is read. Whoever
has another version, or asks for what is not there, goes the usual way and gets the usual answer.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.http import quote_etag

from shared.observability import correlation_id
from shared.web.access_log import WsgiApplication, log_answer
from shared.web.caching import VARY, Version, known_tag

#: Finds which version there is now, from a view's arguments and the language asked for; `None` when
#: there is nothing, or when only the view can tell.
FindVersion = Callable[[Mapping[str, Any], str | None], Version | None]


def install_revalidation(app: Flask, versions: Mapping[str, FindVersion]) -> None:
    """Answer 304 for these endpoints, each with what finds its version, when that is the answer.

    The view must name the same version, and tell no more by it than anybody may know.
    """
    if versions:
        app.wsgi_app = _Revalidation(app, versions)  # type: ignore[method-assign]


class _Revalidation:
    def __init__(self, app: Flask, versions: Mapping[str, FindVersion]) -> None:
        self._otherwise: WsgiApplication = app.wsgi_app
        self._addresses = app.url_map.bind("")
        self._versions = versions

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ:
            headers = self._headers_of_unchanged(environ)
            if headers is not None:
                start_response("304 NOT MODIFIED", headers)
                return []
        return self._otherwise(environ, start_response)

    def _headers_of_unchanged(self, environ: dict[str, Any]) -> list[tuple[str, str]] | None:
        path = environ.get("PATH_INFO", "").encode("latin1").decode(errors="replace")
        method = environ["REQUEST_METHOD"]
        try:
            rule, arguments = self._addresses.match(path, method, return_rule=True)
        except HTTPException:
            return None
        find = self._versions.get(rule.endpoint)
        if find is None:
            return None
        try:
            version = find(arguments, _language_asked(environ))
        except Exception:  # asked once more where every error has its answer
            return None
        tag = known_tag(environ, version.validators) if version else None
        if version is None or tag is None:
            return None
        log_answer(environ, rule.rule, 304)
        return [
            ("ETag", quote_etag(tag)),
            ("Cache-Control", version.cache_control),
            ("Vary", VARY),
            ("X-Correlation-Id", correlation_id()),
        ]


def _language_asked(environ: dict[str, Any]) -> str | None:
    query = environ.get("QUERY_STRING")
    return parse_qs(query).get("lang", [None])[0] if query else None
