"""`parvis import`: a file on its way into scheduling, with a progress bar and a report."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.scheduling.domain.importing import (
    ImportRefused,
    Options,
    Plan,
    Report,
    bring_in,
    plan,
)
from services.scheduling.domain.programme import Programme
from services.scheduling.importers import read_programme
from services.scheduling.models import Edition
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.database import GateTimeout
from shared.i18n import speaking, translator
from shared.observability import correlated

DONE, REFUSED = 0, 1


def run_import(
    context: ServiceContext,
    path: Path | str,
    edition_slug: str,
    registration: str | None = None,
    capacity: int | None = None,
    as_drafts: bool = False,
    *,
    dry_run: bool = False,
    console: Console | None = None,
) -> int:
    """Import a file of any known format into an edition and print what happened.

    Returns the exit status: 0 when the file was taken, also when some of its records were rejected
    (they are listed); 1 when it was refused as a whole, with one sentence, and nothing was written.
    `context` is scheduling's. With `as_drafts` nothing is released; with `dry_run` nothing is
    written either.
    """
    with speaking(translator("services.scheduling", "en")):
        return _run(
            context,
            Path(path),
            edition_slug,
            (registration, capacity, as_drafts),
            dry_run,
            console or Console(),
        )


def _run(
    context: ServiceContext,
    path: Path,
    edition_slug: str,
    wanted: tuple[str | None, int | None, bool],
    dry_run: bool,
    console: Console,
) -> int:
    try:
        options = Options(*wanted)
        report = _imported(context, path, edition_slug, options, dry_run, console)
    except ImportRefused as refusal:
        console.print(Text(str(refusal), style="bold red"), soft_wrap=True)
        return REFUSED
    except GateTimeout:
        sentence = "Another process keeps the database locked; try again when it has finished."
        console.print(Text(sentence, style="bold red"), soft_wrap=True)
        return REFUSED
    _print_report(console, report, dry_run)
    return DONE


def _imported(
    context: ServiceContext,
    path: Path,
    edition_slug: str,
    options: Options,
    dry_run: bool,
    console: Console,
) -> Report:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars, correlated():
        reading = bars.add_task("Reading the file", total=None)
        known = _known_edition(context, edition_slug)
        programme = read_programme(
            path,
            edition_slug,
            known_zone=known.time_zone if known else None,
            known_days=(known.starts_on, known.ends_on) if known else None,
            known_categories=known.party_categories if known else usual_categories(),
            progress=lambda done, total: bars.update(reading, completed=done, total=total),
        )
        if dry_run:
            return _planned(context, programme, options).report
        writing = bars.add_task("Writing the programme", total=None)
        report = bring_in(
            context.database,
            programme,
            options,
            now=context.clock(),
            progress=lambda done, total: bars.update(writing, completed=done, total=total),
        )
        bars.update(writing, completed=1, total=1)
        return report


def _planned(context: ServiceContext, programme: Programme, options: Options) -> Plan:
    with context.database.read() as db:
        return plan(db, programme, options, now=context.clock())


def _known_edition(context: ServiceContext, edition_slug: str) -> Edition | None:
    try:
        with context.database.read() as db:
            return db.scalar(select(Edition).where(Edition.slug == edition_slug))
    except DBAPIError as error:
        raise ImportRefused(
            "Scheduling's database does not answer or is not migrated: run ./parvis migrate."
        ) from error


def _print_report(console: Console, report: Report, dry_run: bool) -> None:
    _print_heading(console, f"Edition {report.edition_slug}" + dry_run * ": nothing is written yet")
    console.print(_counts_table(report))
    changes = sum(counts.created + counts.changed for counts in report.counts.values())
    if changes and report.release_id is None and not dry_run:
        _print_line(console, "Nothing is released: what changed waits as drafts.")
    if report.kept:
        _print_heading(console, "Changed here and in the file, and kept as here")
        for kept in report.kept:
            _print_line(console, f"{kept.table} {kept.title or kept.source_id}: {kept.column}")
    if report.carried:
        _print_line(
            console, f"Published again with their venue, space or activity: {report.carried}."
        )
    for note in report.notes:
        _print_line(console, f"Note: {note}")
    if report.missing:
        _print_heading(console, "No longer in the file, and kept")
        for missing in report.missing:
            _print_line(console, missing.told)
    if report.rejections:
        _print_heading(console, "Rejected", style="bold yellow")
        for rejection in report.rejections:
            where = f"line {rejection.line}, " if rejection.line else ""
            _print_line(console, f"{where}{rejection.source_id or 'nameless'}: {rejection.reason}")
            for fault in rejection.faults:
                place = f"{fault.sheet}!{fault.cell}" if fault.sheet else fault.cell
                _print_line(console, f"  {place} ({fault.column}): {fault.reason}")


def _print_heading(console: Console, text: str, style: str = "bold") -> None:
    console.print(Text(f"\n{text}", style=style), soft_wrap=True)


def _print_line(console: Console, text: str) -> None:
    console.print(Text(text), soft_wrap=True)


def _counts_table(report: Report) -> Table:
    table = Table("")
    for heading in ("Created", "Updated", "Unchanged", "Rejected"):
        table.add_column(heading, justify="right")
    for noun, counts in report.counts.items():
        rejected = str(len(report.rejections)) if noun == "sessions" else ""
        table.add_row(
            noun.capitalize(),
            str(counts.created),
            str(counts.changed),
            str(counts.unchanged),
            rejected,
        )
    return table
