"""Sheets on their way into an edition: names that are known, edits that come back, faults shown."""

import io
from contextvars import copy_context
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from services.scheduling.domain.import_jobs import work
from services.scheduling.domain.importing import Options, bring_in, plan
from services.scheduling.importers import read_programme
from services.scheduling.importers.sheet_corrections import corrections
from services.scheduling.models import Commune, ImportJob, Session, Venue
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.exported import changes_of, export, planned
from tests.services.scheduling.imported import counts_of
from tests.services.scheduling.programs import Program
from tests.services.scheduling.sheets import HEADINGS, ROW, csv_sheet, read, saved, xlsx_sheet
from tests.services.scheduling.stored_programme import StoredProgramme
from tests.services.scheduling.test_import_jobs import IMPORTS, job_of

SLUG = "fds-2026"


@pytest.fixture
def stored(context) -> dict[str, Any]:
    """Return the ids of a programme of one activity, twice in the auditorium."""
    with context.database.write() as db:
        programme = StoredProgramme(db)
        activity = programme.add_activity()
        first = programme.add_session(activity, registration="here", capacity=12)
        programme.add_session(activity, starts_at=first.starts_at.replace(hour=14))
        return {"venue": programme.venue.id, "space": programme.space.id, "first": first.id}


def plan_of(context, content: bytes):
    programme = read_programme(content, SLUG, known_zone="Europe/Paris")
    with context.database.read() as db:
        return plan(db, programme, Options(), now=NOW)


def test_known_names_are_used_as_they_are_and_new_ones_are_made(context, stored):
    headings = (*HEADINGS, "Salle", "Adresse", "Structure")
    drafted = plan_of(
        context,
        csv_sheet(
            headings,
            ("VOIR UN MUON", "museum", "grenoble", *ROW[3:], "auditorium", "ailleurs", ""),
            ("Nouveau", "Muséum", "", *ROW[3:], "Salle 2", "", "muséum de Grenoble"),
            ("Voir un muon", "Muséum", "Lans", *ROW[3:], "", "", ""),
        ),
    )
    assert counts_of(drafted.report) == {
        "editions": (0, 0, 1),
        "organisations": (0, 0, 1),
        "venues": (1, 0, 1),
        "spaces": (1, 0, 1),
        "activities": (1, 0, 1),
        "sessions": (3, 0, 0),
    }
    known, other, elsewhere = (planned.parts for planned in drafted.sessions)
    assert (known.venue.id, known.space.id, known.venue.address) == (
        stored["venue"],
        stored["space"],
        "1 rue Dolomieu",
    )
    assert (other.venue.id, other.space.name) == (stored["venue"], "Salle 2")
    assert (elsewhere.venue.name, elsewhere.commune.name) == ("Muséum", "Lans")


def test_a_sheet_that_names_a_part_of_what_is_here_is_applied(context, stored):
    row = ("Nouveau", "Café", "Grenoble", *ROW[3:])
    programme = read_programme(csv_sheet(HEADINGS, row), SLUG, known_zone="Europe/Paris")

    first, again = (bring_in(context.database, programme, now=NOW) for _ in range(2))

    assert (first.counts["venues"].created, first.counts["sessions"].created) == (1, 1)
    assert {noun: counts[:2] for noun, counts in counts_of(again).items() if any(counts[:2])} == {}
    with context.database.read() as db:
        communes = sa.select(Venue.name, Commune.name, Commune.insee_code).join(
            Commune, Commune.id == Venue.commune_id
        )
        assert sorted(map(tuple, db.execute(communes))) == [
            ("Café", "Grenoble", "38185"),
            ("Muséum", "Grenoble", "38185"),
        ]


def test_a_sheet_says_nothing_of_what_another_brought_and_tells_what_it_has_lost_itself(context):
    def missing(file: bytes, after: int) -> list[str]:
        programme = read_programme(file, SLUG, known_zone="Europe/Paris")
        report = bring_in(context.database, programme, now=NOW + timedelta(hours=after))
        return [one.told for one in report.missing]

    muon, fossils = ROW, ("Fossiles", "Muséum", "Grenoble", *ROW[3:])
    ours = csv_sheet(HEADINGS, muon, fossils, ("Roches", *ROW[1:]))
    theirs = csv_sheet(HEADINGS, ("Volcans", "Café", "Lans", *ROW[3:]))

    assert (missing(ours, 0), missing(theirs, 1), missing(ours, 2)) == ([], [], [])
    assert missing(csv_sheet(HEADINGS, muon, ("Roches", *ROW[1:4], "25h", "26h")), 3) == [
        "Fossiles · Muséum, Grenoble"
    ]
    assert planned(context, SLUG, export(context, SLUG, "csv", drafts=True)).report.missing == ()


def edited(content: bytes, **cells: Any) -> bytes:
    """Return an exported workbook with cells changed, as a person does in a spreadsheet."""
    book = load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        book.worksheets[0][place] = value
    return saved(book)


def column(content: bytes, heading: str) -> str:
    """Return the letters of a column of an exported workbook."""
    row = load_workbook(io.BytesIO(content)).worksheets[0][1]
    return next(cell.column_letter for cell in row if cell.value == heading)


def test_only_edited_cells_come_back_and_what_was_changed_here_meanwhile_is_kept(context, stored):
    content = export(context, SLUG, "xlsx", drafts=True)
    with context.database.write() as db:
        db.get_one(Session, stored["first"]).capacity = 20
    title, seats = column(content, "Titre"), column(content, "Jauge")

    once = planned(context, SLUG, edited(content, **{f"{title}3": "Voir deux muons"}))
    both = planned(context, SLUG, edited(content, **{f"{seats}2": 30}))

    assert [row["title_fr"] for row in changes_of(once)["activities"]] == ["Voir deux muons"]
    assert set(changes_of(once)) == {"activities"}
    assert [(one.table, one.column) for one in both.report.kept] == [("sessions", "capacity")]
    assert set(changes_of(both)) == {"kept"}


def test_a_copied_row_of_an_export_is_a_new_session(context, stored):
    content = export(context, SLUG, "xlsx", drafts=True)
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[2]])
    sheet[f"{column(content, 'Début')}4"] = "20h"
    sheet[f"{column(content, 'Fin')}4"] = "21h"

    drafted = planned(context, SLUG, saved(book))

    assert counts_of(drafted.report)["sessions"] == (1, 0, 2)
    assert drafted.sessions[0].parts.session.starts_at.hour == 18


def test_the_faults_of_a_sheet_are_on_its_page_and_in_the_file_that_it_gives_back(context):
    with context.database.write() as db:
        StoredProgramme(db)
    staff = Staff(context, "coordinator")
    content = xlsx_sheet(HEADINGS, ROW, (*ROW[:3], "31/11/2026", "16h", "17h"))
    form = staff.form_of(IMPORTS)
    file = (io.BytesIO(content), "Mairie été.xlsx")
    job_id = job_of(staff.send(IMPORTS, form, file=file, edition=SLUG))
    work(context, job_id, read_programme, corrections)

    page = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    given = staff.get(f"{IMPORTS}/{job_id}/corrections.xlsx")

    assert "Cellules à corriger" in page
    assert "Séances D3" in page
    assert "« 31/11/2026 » n’est pas une date" in page.replace("\u00a0", " ")
    assert given.headers["Content-Disposition"] == (
        'attachment; filename="Mairie _t_ _ corriger.xlsx"; '
        "filename*=UTF-8''Mairie%20%C3%A9t%C3%A9%20%C3%A0%20corriger.xlsx"
    )
    cell = load_workbook(io.BytesIO(given.data))["Séances"]["D3"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("31/11/2026", "FFF7C9C0")
    assert "n’est pas une date" in cell.comment.text
    english = {"Accept-Language": "en"}
    other = staff.get(f"{IMPORTS}/{job_id}/corrections.xlsx", headers=english)
    told = load_workbook(io.BytesIO(other.data))["Séances"]["D3"].comment.text
    assert "is no date" in told
    program = Program(context)
    again = program("GET", f"/api/v1/imports/{job_id}/corrections")
    assert (again.data, again.content_type) == (given.data, given.content_type)
    assert program("GET", f"/api/v1/imports/{new_id()}/corrections").status_code == 404
    with context.database.read() as db:
        assert db.get_one(ImportJob, job_id).plan["counts"]["sessions"]["created"] == 1


def test_a_sheet_without_faults_and_another_kind_of_file_give_nothing_back(context):
    good = read_programme(csv_sheet(HEADINGS, ROW), SLUG)
    assert corrections(csv_sheet(HEADINGS, ROW), "p.csv", good.rejections) is None
    assert corrections(b"BEGIN:VCALENDAR", "p.ics", good.rejections) is None


def test_a_csv_is_given_back_as_xlsx_with_its_formulas_as_text():
    content = csv_sheet(HEADINGS, ("=1+1", *ROW[1:3], "demain", *ROW[4:]))
    found = read(content)
    book = load_workbook(io.BytesIO(corrections(content, "p.csv", found.rejections) or b""))
    sheet = book.worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["D2"].comment is not None


def test_the_template_offers_what_is_known_and_imports_as_nothing(context, stored):
    staff = Staff(context, "coordinator")
    page = staff.get(IMPORTS).text
    address = f"/console/editions/{SLUG}/template"
    assert f"{address}.xlsx" in page
    assert f"{address}.csv" in page

    given = staff.get(f"{address}.xlsx")
    book = load_workbook(io.BytesIO(given.data))
    assert book.sheetnames == ["Séances", "Mode d’emploi", "Listes"]
    lists = {cell.value: column for column in book["Listes"].columns for cell in column[:1]}
    assert [cell.value for cell in lists["Lieu"][1:] if cell.value] == ["Muséum"]
    assert [cell.value for cell in lists["Structure"][1:] if cell.value] == ["Muséum de Grenoble"]
    assert len(book["Séances"].data_validations.dataValidation) == 10
    for kind in ("xlsx", "csv"):
        programme_file = staff.get(f"{address}.{kind}").data
        with pytest.raises(Exception, match="aucune séance"):
            read_programme(programme_file, SLUG, known_zone="Europe/Paris")
    assert staff.get(f"{address}.ods").status_code == 404


def test_an_english_template_is_read_like_a_french_one(context, stored):
    staff = Staff(context, "coordinator")
    address = f"/console/editions/{SLUG}/template.xlsx?lang=en"
    given = copy_context().run(staff.get, address)  # English for this request alone
    book = load_workbook(io.BytesIO(given.data))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column_letter for cell in sheet[1]}
    sheet[f"{places['Venue']}2"] = "Muséum"
    drafted = plan_of(context, saved(book))
    assert counts_of(drafted.report)["sessions"] == (1, 0, 0)
    assert drafted.report.rejections == ()
    with context.database.read() as db:
        assert drafted.sessions[0].parts.venue.id == db.scalar(sa.select(Venue.id))
