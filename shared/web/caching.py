"""Conditional answers: a reader who has the newest copy is told so, and sent nothing (RFC 9110)."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, request

#: Below this size, in bytes, compressing costs more than it saves.
SMALLEST_GZIP = 512
_COMPRESSED = ("text/", "application/json", "application/javascript", "image/svg+xml")


@dataclass(frozen=True)
class Validators:
    """What tells one version from another: an opaque tag (no quotes), and when it last changed."""

    tag: str
    last_modified: datetime | None = None


def unchanged(validators: Validators, *, cache_control: str = "no-cache") -> Response | None:
    """Return the 304 for a reader who has this version already, else `None`.

    It looks at the request alone, so it can be asked before anything is rendered.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    if "If-None-Match" in request.headers:
        known = request.if_none_match
        matched = next((tag for tag in _tags(validators.tag) if known.contains_weak(tag)), None)
        if matched is None and not known.star_tag:
            return None
        return _finish(Response(status=304), validators, matched, cache_control)
    since = request.if_modified_since
    if since and validators.last_modified and _whole_seconds(validators.last_modified) <= since:
        return _finish(Response(status=304), validators, validators.tag, cache_control)
    return None


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
    not_modified = unchanged(validators, cache_control=cache_control)
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


def digest_of(body: bytes) -> str:
    """Return a tag for a body that has no version of its own."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def _tags(tag: str) -> tuple[str, str]:
    return tag, f"{tag}-gzip"


def _finish(
    response: Response, validators: Validators, tag: str | None, cache_control: str
) -> Response:
    response.set_etag(tag or validators.tag)
    response.last_modified = validators.last_modified
    response.headers["Cache-Control"] = cache_control
    response.vary.add("Accept-Encoding")
    return response


def _whole_seconds(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
