"""`parvis export`: the file that is written, and what the operator is told."""

import io
import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from rich.console import Console

from deploy.cli import cli
from deploy.exporting import DONE, REFUSED, run_export
from services.scheduling.importers import read_programme
from shared.context import ServiceContext
from shared.testing.contexts import make_context
from tests.services.scheduling.stored_programme import StoredProgramme, released_programme

SLUG = "fds-2026"


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


def told(console: Console) -> str:
    """Return what was printed."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().strip()


def test_an_edition_is_written_to_a_file_or_to_standard_output(
    context, console, tmp_path, capfdbinary
):
    with released_programme(context) as stored:
        stored.add_session()
    path = tmp_path / "exports" / "fds.xml"
    path.parent.mkdir()

    to_file = run_export(context, SLUG, "frab", path, console=console)
    to_output = run_export(context, SLUG, "frab", None, console=console)

    assert (to_file, to_output, told(console)) == (DONE, DONE, "")
    assert capfdbinary.readouterr().out == path.read_bytes()
    (activity,) = read_programme(path, SLUG).activities
    assert activity.title_fr == "Voir un muon"
    assert [found.name for found in path.parent.iterdir()] == ["fds.xml"]


def test_what_a_format_cannot_say_is_counted(context, console, tmp_path):
    with released_programme(context) as stored:
        stored.add_session()
        stored.add_session(status="cancelled")
        stored.add_session(kind="exhibition")

    for name in ("frab", "pretalx", "openagenda", "ics"):
        run_export(context, SLUG, name, tmp_path / name, console=console)

    assert told(console).splitlines() == [
        "Left out, having no place in frab: 2 of 3 sessions.",
        "Left out, having no place in pretalx: 2 of 3 sessions.",
        "Left out, having no place in openagenda: 1 of 3 sessions.",
    ]


def test_drafts_are_written_when_they_are_asked_for(context, console, tmp_path):
    with context.database.write() as db:
        StoredProgramme(db).add_session()
    path = tmp_path / "fds.ics"

    refused = run_export(context, SLUG, "ics", path, console=console)
    written = run_export(context, SLUG, "ics", path, drafts=True, console=console)

    assert (refused, written) == (REFUSED, DONE)
    assert told(console) == (
        "Nothing of fds-2026 is published yet: add --drafts for the working copy."
    )
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_what_is_not_there_is_told_with_what_is(context, console, tmp_path):
    with released_programme(context) as stored:
        stored.add_session()

    statuses = [
        run_export(context, "fds-2062", "frab", None, console=console),
        run_export(context, SLUG, "zip", None, console=console),
        run_export(context, SLUG, "frab", tmp_path / "nowhere" / "a.xml", console=console),
    ]

    edition, name, path = told(console).splitlines()
    assert statuses == [REFUSED] * 3
    assert edition == "There is no edition fds-2062. There are: fds-2026."
    assert name.startswith("zip is no format: take one of frab, pretalx, openagenda, ics")
    assert path == f"{tmp_path}/nowhere/a.xml: No such file or directory."


def test_a_table_has_the_headings_of_the_language_that_is_asked_for(context, tmp_path):
    with released_programme(context) as stored:
        stored.add_session()
    data = ["--data", str(tmp_path)]
    paths = {lang: tmp_path / f"{lang}.csv" for lang in ("fr", "en")}

    for lang, path in paths.items():
        run_export(context, SLUG, "csv", path, lang=lang)
    unknown = CliRunner().invoke(cli, ["export", SLUG, "--as", "csv", "--lang", "de", *data])

    headings = {
        lang: re.split("[;,]", path.read_text("utf-8-sig"))[0] for lang, path in paths.items()
    }
    assert headings == {"fr": "Titre", "en": "Title"}
    assert (unknown.exit_code, "'de' is not one of 'fr', 'en'" in unknown.output) == (2, True)


def test_the_command_says_what_it_needs():
    without_format = CliRunner().invoke(cli, ["export", SLUG])

    assert without_format.exit_code == 2
    assert "--as" in without_format.output
