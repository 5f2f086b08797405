"""`parvis import`: what the operator sees, and what is in the databases afterwards."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rich.console import Console

from deploy.importing import DONE, REFUSED, run_import
from services.scheduling.models import Base, PublishedSession, Session
from shared.context import ServiceContext, build_context
from shared.testing.contexts import make_context
from tests.services.scheduling.agendas import agenda, agenda_event
from tests.services.scheduling.calendars import calendar, vevent
from tests.services.scheduling.schedules import day, event, real_schedule, room, schedule


@pytest.fixture
def context(database_url: str) -> Iterator[ServiceContext]:
    """Return scheduling's context on an empty database."""
    made = make_context("scheduling", database_url)
    yield made
    made.database.dispose()


@pytest.fixture
def console() -> Console:
    """Return a wide terminal that keeps what is printed."""
    return Console(file=io.StringIO(), width=200)


def printed(console: Console) -> str:
    """Return what was printed, on one line for each line."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def cells(console: Console, noun: str) -> list[str]:
    """Return the row of the report's table that begins with `noun`."""
    line = next(line for line in printed(console).splitlines() if f"│ {noun} " in line)
    return [cell.strip() for cell in line.split("│")[2:-1]]


def contents(context: ServiceContext) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with context.database.read() as db:
        return {
            table.name: [tuple(row) for row in db.execute(sa.select(table))]
            for table in Base.metadata.sorted_tables
        }


def written(tmp_path: Path, text: str) -> Path:
    """Return the path of a file with this text."""
    path = tmp_path / "schedule.xml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.published
def test_a_real_schedule_is_taken_and_again_left_alone(context, console):
    path = real_schedule("fosdem-2025.xml")

    assert run_import(context, path, "fosdem-2025", "here", 80, console=console) == DONE
    assert cells(console, "Sessions") == ["943", "0", "0", "0"]
    assert cells(console, "Spaces") == ["40", "0", "0", ""]
    before = contents(context)
    again = Console(file=io.StringIO(), width=200)

    assert run_import(context, path, "fosdem-2025", console=again) == DONE
    assert cells(again, "Sessions") == ["0", "0", "943", "0"]
    assert contents(context) == before
    with context.database.read() as db:
        assert db.execute(
            sa.select(Session.registration, Session.capacity, sa.func.count()).group_by(
                Session.registration, Session.capacity
            )
        ).all() == [("here", 80, 943)]


def test_rejections_are_listed_with_line_and_reason_and_the_rest_is_taken(
    context, console, tmp_path
):
    path = written(tmp_path, schedule(day(room(event("a"), event("b", duration="[red]never")))))

    assert run_import(context, path, "rencontres-2026", console=console) == DONE

    assert cells(console, "Sessions") == ["1", "0", "0", "1"]
    assert printed(console).endswith(
        "\nRejected\nline 7, b: its duration “[red]never” is not HH:MM\n"
    )


def test_what_left_the_file_is_kept_and_said(context, console, tmp_path):
    run_import(
        context,
        written(tmp_path, schedule(day(room(event("a"), event("b", title="Au revoir"))))),
        "rencontres-2026",
        console=Console(file=io.StringIO()),
    )
    path = written(tmp_path, schedule(day(room(event("a")))))

    assert run_import(context, path, "rencontres-2026", console=console) == DONE

    assert printed(console).endswith(
        "\nNo longer in the file, and kept\nAu revoir · Campus, Grenoble\n"
    )
    with context.database.read() as db:
        assert set(db.scalars(sa.select(Session.status))) == {"confirmed"}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(context, console, tmp_path):
    path = written(tmp_path, schedule(day(room(event("a")))))
    before = contents(context)

    assert run_import(context, path, "rencontres-2026", dry_run=True, console=console) == DONE

    assert "Edition rencontres-2026: nothing is written yet" in printed(console)
    assert cells(console, "Sessions") == ["1", "0", "0", "0"]
    assert contents(context) == before


def test_every_format_is_taken_and_what_is_rejected_or_concluded_is_told(
    context, console, tmp_path
):
    path = tmp_path / "agenda.txt"
    lent = agenda_event(2, title={})
    path.write_bytes(agenda(agenda_event(1, status=4), lent, total=3))

    assert run_import(context, path, "fds-2026", dry_run=True, console=console) == DONE

    assert cells(console, "Sessions") == ["1", "0", "0", "1"]
    assert printed(console).endswith(
        "Note: The file has only 2 of the agenda's 3 events: it is one page of it.\n"
        "Note: 1 event is postponed without a new date: its sessions are cancelled.\n"
        "\nRejected\nline 1, 2: it has no title\n"
    )


def test_a_calendar_is_imported_with_registration_opened(context, console, tmp_path):
    path = tmp_path / "programme"
    path.write_bytes(calendar(vevent("a", "RRULE:FREQ=DAILY;COUNT=3")))

    assert run_import(context, path, "rencontres-2026", "here", 12, console=console) == DONE

    with context.database.read() as db:
        rows = db.execute(sa.select(Session.source_id, Session.registration, Session.capacity))
        assert sorted(tuple(row) for row in rows) == [
            ("a", "here", 12),
            ("a/20261003T080000Z", "here", 12),
            ("a/20261004T080000Z", "here", 12),
        ]


@pytest.mark.parametrize(
    ("text", "registration", "capacity", "sentence"),
    [
        ("<schedule><day>", None, None, "is not sound XML"),
        ("Vendredi : muons", None, None, "is none of the programmes that can be read"),
        ("[{", None, None, "is not sound JSON"),
        ("<html/>", None, None, "begins with <html>, not with <schedule>"),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><schedule>&b;</schedule>',
            None,
            None,
            "has a document type definition",
        ),
        (schedule(day(room(event("a")))), None, 10, "add --registration here"),
    ],
)
def test_a_refused_import_is_one_sentence_and_leaves_the_database_as_it_was(
    context, console, tmp_path, text, registration, capacity, sentence
):
    run_import(
        context,
        written(tmp_path, schedule(day(room(event("a"))))),
        "rencontres-2026",
        console=Console(file=io.StringIO()),
    )
    before = contents(context)
    path = written(tmp_path, text)

    result = run_import(context, path, "rencontres-2026", registration, capacity, console=console)

    assert result == REFUSED
    assert sentence in printed(console).splitlines()[-1]
    assert contents(context) == before


def test_a_database_that_is_not_migrated_is_said(context, database_url_factory, console, tmp_path):
    empty = build_context(
        context.settings.__class__(
            **{**vars(context.settings), "database_url": database_url_factory()}
        )
    )
    path = written(tmp_path, schedule(day(room(event("a")))))

    assert run_import(empty, path, "rencontres-2026", console=console) == REFUSED
    assert "run ./parvis migrate" in printed(console)
    empty.database.dispose()


def test_drafts_are_stored_and_shown_to_nobody_and_the_report_says_so(context, console, tmp_path):
    path = written(tmp_path, schedule(day(room(event("a")))))
    again = Console(file=io.StringIO(), width=200)

    run_import(context, path, "rencontres-2026", as_drafts=True, console=console)
    run_import(context, path, "rencontres-2026", as_drafts=True, console=again)

    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Session)) == 1
        assert db.scalar(sa.select(sa.func.count()).select_from(PublishedSession)) == 0
    assert "waits as drafts" in printed(console)
    assert "waits as drafts" not in printed(again)
