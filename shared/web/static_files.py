"""Static files under addresses that carry their content's hash, so that they are kept for ever."""

import hashlib
import mimetypes
import posixpath
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from shared.web.caching import Validators, conditional_response

FOR_EVER = "public, max-age=31536000, immutable"

#: Seconds for which an address is good before its file is looked at again.
LOOK_AGAIN_AFTER = 1.0

_NAMED_FILE = re.compile(rb'url\("([\w./-]+)"\)')

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True)
class StaticFile:
    """A file's content, its hash and when it last changed."""

    body: bytes
    digest: str
    content_type: str
    changed_at: datetime


class StaticFiles:
    """The files of several folders, each under its own name.

    A folder that is named like a file (`parvis.css/`) is that file: its parts, in order of name.
    """

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders
        self._urls: dict[str, tuple[str, float]] = {}

    def url(self, name: str) -> str:
        """Return the address of `shared/parvis.css`; raises `FileNotFoundError`.

        The file is looked at again after `LOOK_AGAIN_AFTER` seconds: pages ask for it often.
        """
        now = time.monotonic()
        known = self._urls.get(name)
        if known and now < known[1]:
            return known[0]
        found = self.find(name)
        if found is None:
            raise FileNotFoundError(name)
        url = f"/static/{name}?v={found.digest}"
        self._urls[name] = (url, now + LOOK_AGAIN_AFTER)
        return url

    def find(self, name: str) -> StaticFile | None:
        """Return the file of this name, if there is one."""
        owner, _, rest = name.partition("/")
        folder = self._folders.get(owner)
        joined = safe_join(str(folder), rest) if folder and rest else None
        if joined is None:
            return None
        path = Path(joined)
        if path.is_dir() and not path.suffix:
            return None
        parts = sorted(path.glob(f"*{path.suffix}")) if path.is_dir() else [path]
        try:
            stamps = tuple(part.stat().st_mtime_ns for part in parts)
        except FileNotFoundError:
            return None
        if not parts:
            return None
        found = _load(name, tuple(parts), stamps)
        return self._with_addresses(name, found) if path.suffix == ".css" else found

    def _with_addresses(self, name: str, sheet: StaticFile) -> StaticFile:
        """Give what a style sheet names (`url("…")`) its hashed address too."""
        folder = name.rpartition("/")[0]

        def address(match: re.Match[bytes]) -> bytes:
            named = posixpath.normpath(f"{folder}/{match[1].decode()}")
            return b'url("' + self.url(named).encode() + b'")'

        body = _NAMED_FILE.sub(address, sheet.body)
        return replace(sheet, body=body, digest=_digest(body))


@lru_cache(maxsize=500)
def _load(name: str, parts: tuple[Path, ...], stamps: tuple[int, ...]) -> StaticFile:
    body = b"\n".join(part.read_bytes() for part in parts)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "image/svg+xml":
        kind += "; charset=utf-8"
    return StaticFile(body, _digest(body), kind, datetime.fromtimestamp(max(stamps) // 10**9, UTC))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def install_static_files(app: Flask, files: StaticFiles) -> None:
    """Serve the files under `/static/`, and give templates `static(name)`."""

    def serve(name: str) -> Response:
        found = files.find(name)
        if found is None:
            abort(404)
        return conditional_response(
            found.body,
            content_type=found.content_type,
            validators=Validators(found.digest, found.changed_at),
            cache_control=FOR_EVER if request.args.get("v") == found.digest else "no-cache",
        )

    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=serve)
    app.jinja_env.globals["static"] = files.url
