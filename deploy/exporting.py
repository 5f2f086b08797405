"""`parvis export`: an edition as a file of one of the formats, or on standard output."""

import sys
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from services.scheduling.exporters import FORMATS, NoSuchEdition, format_named
from services.scheduling.exporting import read_export
from services.scheduling.models import Edition
from shared.context import ServiceContext
from shared.i18n import DEFAULT_LOCALE, speaking, translator

DONE, REFUSED = 0, 1

#: The formats by their names in the command.
NAMES = tuple(known.name for known in FORMATS)


def run_export(
    context: ServiceContext,
    slug: str,
    name: str,
    path: Path | None,
    *,
    drafts: bool = False,
    lang: str = DEFAULT_LOCALE,
    console: Console | None = None,
) -> int:
    """Write an edition in a format to a file, or to standard output where `path` is None.

    Returns the exit status: 1 with a sentence when there is no such edition, or it cannot be
    written. `context` is scheduling's. With `drafts` it is the working copy, else what is
    published. Tables and leaflets are written in `lang`. How many sessions the format cannot say
    is told.
    """
    console = console or Console(stderr=True)
    chosen = format_named(name)
    if chosen is None:
        return _refused(console, f"{name} is no format: take one of {', '.join(NAMES)}.")
    if chosen.for_staff and not drafts:
        return _refused(console, f"{name} has what the public is not shown: add --drafts.")
    try:
        source = read_export(context, slug, drafts=drafts)
        with speaking(translator("services.scheduling", lang)):
            content = chosen.write(source)
        if path is None:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            _write(path, content)
    except NoSuchEdition:
        return _refused(console, _no_edition(context, slug, drafts))
    except DBAPIError:
        return _refused(
            console, "Scheduling's database does not answer or is not migrated: ./parvis migrate."
        )
    except OSError as error:
        return _refused(console, f"{path or 'The output'}: {error.strerror or error}.")
    if left_out := chosen.left_out(source):
        of_all = f"{left_out} of {len(source.programme.sessions)} sessions"
        console.print(Text(f"Left out, having no place in {name}: {of_all}."), soft_wrap=True)
    return DONE


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: another of the name stays until this one is there."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _no_edition(context: ServiceContext, slug: str, drafts: bool) -> str:
    with context.database.read() as db:
        slugs = db.scalars(sa.select(Edition.slug).order_by(Edition.slug)).all()
    if slug in slugs and not drafts:
        return f"Nothing of {slug} is published yet: add --drafts for the working copy."
    known = f" There are: {', '.join(slugs)}." if slugs else " There is none yet."
    return f"There is no edition {slug}.{known}"


def _refused(console: Console, sentence: str) -> int:
    console.print(Text(sentence, style="bold red"), soft_wrap=True)
    return REFUSED
