"""Conditional answers: a reader who has the newest copy is told so, and sent nothing (RFC 9110)."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from werkzeug.http import parse_date, parse_etags

#: Below this size, in bytes, compressing costs more than it saves.
SMALLEST_GZIP = 512

#: What an answer depends on beside its address.
VARY = "Accept-Encoding"

_COMPRESSED = ("text/", "application/json", "application/javascript", "image/svg+xml")


@dataclass(frozen=True)
class Validators:
    """What tells one version from another: an opaque tag (no quotes), and when it last changed."""

    tag: str
    last_modified: datetime | None = None


@dataclass(frozen=True)
class Version:
    """One version of something, and how long it may be kept."""

    validators: Validators
    cache_control: str


def uncached(response: Response) -> Response:
    """Mark an answer that nobody may keep: it is for its reader alone, or for this moment."""
    response.headers["Cache-Control"] = "no-store"
    return response


def known_tag(environ: Mapping[str, Any], validators: Validators) -> str | None:
    """Return the tag of the version that a reader has already, if it is this one (RFC 9110, 13).

    `environ` is the request's, of WSGI. Tags are compared weakly, `*` is any version, and a date
    counts only where no tag was named.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    named = environ.get("HTTP_IF_NONE_MATCH")
    if named is not None:
        known = parse_etags(named)
        matched = next((tag for tag in _tags(validators.tag) if known.contains_weak(tag)), None)
        return validators.tag if matched is None and known.star_tag else matched
    since = parse_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    if since and validators.last_modified and _whole_seconds(validators.last_modified) <= since:
        return validators.tag
    return None


def unchanged(
    validators: Validators, *, content_type: str, cache_control: str = "no-cache"
) -> Response | None:
    """Return the 304 for a reader who has this version already, else `None`.

    It looks at the request alone, so it can be asked before anything is rendered. `content_type`
    is what the whole answer would have: by it the page's language and cookies are told of.
    """
    tag = known_tag(request.environ, validators)
    if tag is None:
        return None
    return _finish(Response(status=304, content_type=content_type), validators, tag, cache_control)


def conditional_response(
    body: bytes | Callable[[], bytes],
    *,
    content_type: str,
    validators: Validators,
    cache_control: str = "no-cache",
    may_gzip: bool = True,
) -> Response:
    """Answer with the body, or with 304 when the reader has it.

    The tag is strong, and another for the gzipped body: the two are not the same bytes. `body`
    may be a function, called only when the body is sent.
    """
    not_modified = unchanged(validators, content_type=content_type, cache_control=cache_control)
    if not_modified is not None:
        return not_modified
    content = body() if callable(body) else body
    zipped = (
        may_gzip
        and len(content) >= SMALLEST_GZIP
        and content_type.startswith(_COMPRESSED)
        and request.accept_encodings["gzip"] > 0
    )
    if zipped:
        content = gzip.compress(content, 6, mtime=0)
    response = Response(content, content_type=content_type)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    tag = _tags(validators.tag)[1 if zipped else 0]
    return _finish(response, validators, tag, cache_control)


def conditional_json(body: bytes, tag: str | None = None) -> Response:
    """Answer with JSON for this reader alone, or 304; without a `tag`, the body's digest is one."""
    return conditional_response(
        body,
        content_type="application/json",
        validators=Validators(tag or digest_of(body)),
        cache_control="private, no-cache",
    )


def digest_of(body: bytes) -> str:
    """Return a tag for a body that has no version of its own."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def _tags(tag: str) -> tuple[str, str]:
    return tag, f"{tag}-gzip"


def _finish(response: Response, validators: Validators, tag: str, cache_control: str) -> Response:
    response.set_etag(tag)
    response.last_modified = validators.last_modified
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = VARY
    return response


def _whole_seconds(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
