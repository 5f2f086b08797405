"""Making an export: in the request where it is small, in a process of its own where it is not.

An edition of some hundred sessions is written in a fraction of a second. One of 10,000 takes
several of them, during which the embedded mode, one process, would answer nobody. What is published
is kept until it changes, so that a file which many fetch is written once.
"""

import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from services.scheduling.exporters import Extract, Format, NoSuchEdition, extract
from services.scheduling.models import Edition, PublishedSession, Session
from services.scheduling.queries.feeds import EDITION_FEED
from services.scheduling.queries.released import EDITION_SLUG
from shared.context import ServiceContext
from shared.i18n import DEFAULT_LOCALE, speaking, translator
from shared.observability import get_logger

#: Up to so many sessions are written in the request.
SMALL = 500
#: How long an export may take, in seconds, before it is given up.
LONGEST = 300
#: How many files are kept, and how many bytes in all.
_MOST_KEPT = 8
_MOST_BYTES = 64 * 2**20
#: Raise it whenever files of unchanged programmes are written otherwise.
_RENDERING = 1

_ROOT = Path(__file__).resolve().parents[2]
_PROCESS = "services.scheduling.export_process"


class ExportFailed(Exception):
    """A file could not be written; the log says why."""


def read_export(context: ServiceContext, slug: str, *, drafts: bool) -> Extract:
    """Read what an edition's files are written from. Raises `NoSuchEdition`."""
    settings = context.settings
    with context.database.read() as db:
        return extract(
            db,
            slug,
            drafts=drafts,
            now=context.clock(),
            public_url=settings.public_url,
            mail_from=settings.mail_from,
        )


def write_export(
    context: ServiceContext,
    slug: str,
    chosen: Format,
    *,
    drafts: bool,
    locale: str = DEFAULT_LOCALE,
) -> bytes:
    """Write an edition in a format, here, with words of a language. Raises `NoSuchEdition`."""
    source = read_export(context, slug, drafts=drafts)
    with speaking(translator("services.scheduling", locale)):
        return chosen.write(source)


def make_export(
    context: ServiceContext,
    slug: str,
    chosen: Format,
    *,
    drafts: bool,
    locale: str = DEFAULT_LOCALE,
) -> bytes:
    """Write an edition where it holds up nobody. Raises `NoSuchEdition` and `ExportFailed`."""
    if _size(context, slug, drafts) <= SMALL:
        return write_export(context, slug, chosen, drafts=drafts, locale=locale)
    settings = context.settings
    environ = {
        **os.environ,
        "SCHEDULING_DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url,
        "MAIL_FROM": settings.mail_from,
    }
    options = [f"--locale={locale}", *(["--drafts"] if drafts else [])]
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", _PROCESS, slug, chosen.name, *options],
        cwd=_ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        timeout=LONGEST,
        check=False,
    )
    if done.returncode:
        get_logger(__name__).error("export_failed", edition=slug, format=chosen.name)
        raise ExportFailed(slug)
    return done.stdout


def published_version(context: ServiceContext, slug: str) -> str | None:
    """Return what tells this version of what is published from others; None where there is none."""
    state = EDITION_FEED.read_state(context.database, slug)
    if state is None:
        return None
    with context.database.read() as db:
        published = db.scalars(sa.select(Edition.published).where(slug == EDITION_SLUG)).first()
    settings = context.settings
    return repr((_RENDERING, settings.public_url, settings.mail_from, state, published))


class KeptExports:
    """Files of what is published, kept in memory until what they were made of changes."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()
        self._making: dict[tuple[str, str, str], Lock] = {}
        self._lock = Lock()

    def get(self, key: tuple[str, str, str], make: Callable[[], bytes]) -> bytes:
        """Return the file of a key: its edition, its format, its version; made by one at a time."""
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._files:
                    self._files.move_to_end(key)
                    return self._files[key]
            try:
                content = make()
                self._keep(key, content)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return content

    def _keep(self, key: tuple[str, str, str], content: bytes) -> None:
        with self._lock:
            for old in [known for known in self._files if known[:2] == key[:2]]:
                del self._files[old]
            self._files[key] = content
            while len(self._files) > 1 and (
                len(self._files) > _MOST_KEPT or sum(map(len, self._files.values())) > _MOST_BYTES
            ):
                self._files.popitem(last=False)


def _size(context: ServiceContext, slug: str, drafts: bool) -> int:
    """Return how many sessions there are to write. Raises `NoSuchEdition`."""
    with context.database.read() as db:
        known_by = Edition.slug if drafts else EDITION_SLUG
        edition_id = db.scalars(sa.select(Edition.id).where(known_by == slug)).first()
        if edition_id is None:
            raise NoSuchEdition(slug)
        model = Session if drafts else PublishedSession
        counted = sa.select(sa.func.count()).where(model.edition_id == edition_id)
        return db.scalar(counted.select_from(model)) or 0
