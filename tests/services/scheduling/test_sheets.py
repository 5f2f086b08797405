"""A spreadsheet is read as a programme, a row for each session, and each wrong cell is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import (
    ActivityRecord,
    OrganisationRecord,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.importers import read_programme, sheets
from services.scheduling.importers.sheet_values import read_choices
from services.scheduling.importers.sheet_words import category_choices
from services.scheduling.importers.sheets import read_sheet
from tests.services.scheduling.sheets import (
    HEADINGS,
    KNOWN,
    ROW,
    csv_sheet,
    faults_of,
    read,
    saved,
    with_columns,
    xlsx_sheet,
)
from tests.services.scheduling.told import refusal_of, sentences

START = datetime(2026, 10, 3, 12, 30, tzinfo=UTC)
END = datetime(2026, 10, 3, 13, 30, tzinfo=UTC)
AFTER = datetime(2026, 10, 3, 14, 0, tzinfo=UTC)


def plain(record: Any) -> Any:
    """Return a record without its name in the source, its line and what it states."""
    changes: dict[str, Any] = {"states": None}
    if isinstance(record, SessionRecord):
        changes |= {"source_id": "", "line": None}
    return replace(record, **changes)


def test_a_row_of_everything_is_read_whole():
    programme = read(
        with_columns(
            Titre_en_anglais="See a muon",
            Description="Une *chambre* à brouillard",
            Public="Scolaires",
            Âges="8 à 12 ans",
            Thématique="Physique",
            Format="Atelier",
            Structure="Muséum de Grenoble",
            Courriel_de_la_structure="bonjour@museum.example",
            Intervenants="Ada Martin, Nour; Zoé Petit",
            Durée="1h00",
            Niveaux_scolaires="cycle 3, CM2, lycée",
            Langues="français, LSF",
            Accessibilité="moteur, handicap auditif",
            Prix="2 €",
            Conditions="Chaussures fermées",
            Lien="museum.example/muon",
            Adresse="1 rue Dolomieu",
            Code_postal="38000",
            Code_INSEE="38185",
            Salle="Auditorium",
            Capacité_de_la_salle="80",
            Entrée="Inscription ici",
            Jauge="12",
            Qui_prend_une_place="enfants",
            Annulée="oui",
        )
    )

    assert (programme.rejections, programme.source, programme.edition.time_zone) == (
        (),
        "sheet:fds-2026",
        "Europe/Paris",
    )
    assert programme.organisations[0] == OrganisationRecord(
        "museum de grenoble",
        "Muséum de Grenoble",
        "bonjour@museum.example",
        states=frozenset(("name", "email")),
    )
    assert [plain(record) for record in programme.venues] == [
        VenueRecord(
            "museum | grenoble",
            "Muséum",
            address="1 rue Dolomieu",
            postcode="38000",
            commune_code="38185",
            commune_name="Grenoble",
        )
    ]
    assert [plain(record) for record in programme.spaces] == [
        SpaceRecord("auditorium | museum | grenoble", "museum | grenoble", "Auditorium", 80)
    ]
    assert [plain(record) for record in programme.activities] == [
        ActivityRecord(
            "voir un muon | museum de grenoble",
            "Voir un muon",
            title_en="See a muon",
            description_fr="Une *chambre* à brouillard",
            organisation="museum de grenoble",
            audience="schools",
            age_min=8,
            age_max=12,
            theme="Physique",
            format="Atelier",
            presenters=("Ada Martin, Nour", "Zoé Petit"),
            link="https://museum.example/muon",
            duration_minutes=60,
            school_levels=("cycle3", "lycee"),
            languages=("fr", "fsl"),
            accessibility=("hi", "mi"),
            price_note_fr="2 €",
            conditions_fr="Chaussures fermées",
        )
    ]
    assert [plain(record) for record in programme.sessions] == [
        SessionRecord(
            "",
            "voir un muon | museum de grenoble",
            "museum | grenoble",
            START,
            END,
            space="auditorium | museum | grenoble",
            registration="here",
            capacity=12,
            seat_categories=("children",),
            status="cancelled",
        )
    ]


def test_excels_own_dates_and_times_are_read_in_any_order_of_columns():
    programme = read(
        xlsx_sheet(
            ("Programme 2026",),
            (),
            ("Début", "Fin", "Date", "Lieu", "Titre", "Couleur", None),
            (time(14, 30), time(15, 30), date(2026, 10, 3), "Muséum", "Voir un muon", "vert", None),
        )
    )
    assert [(one.starts_at, one.ends_at, one.line) for one in programme.sessions] == [
        (START, END, 4)
    ]
    assert sentences(programme.notes) == ["Columns that are not known, left aside: Couleur."]


@pytest.mark.parametrize(
    ("encoding", "separator", "told"),
    [
        ("utf-8", ";", ["The text is read as UTF-8.", "Columns are parted by: semicolon."]),
        ("utf-8-sig", ",", ["The text is read as UTF-8.", "Columns are parted by: comma."]),
        ("cp1252", ";", ["The text is read as Windows-1252.", "Columns are parted by: semicolon."]),
        ("utf-16", "\t", ["The text is read as UTF-16.", "Columns are parted by: tab."]),
        ("utf-16-le", "\t", ["The text is read as UTF-16.", "Columns are parted by: tab."]),
    ],
)
def test_the_encoding_and_the_separator_of_csv_are_found_out_and_said(encoding, separator, told):
    content = csv_sheet(HEADINGS, ROW, separator=separator, encoding=encoding)

    programme = read_programme(
        content, "fds-2026", known_zone="Europe/Paris", known_days=(KNOWN.starts_on, KNOWN.ends_on)
    )

    assert [(one.name, one.commune_name) for one in programme.venues] == [("Muséum", "Grenoble")]
    assert sentences(programme.notes) == told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            csv_sheet(HEADINGS, ("Médiathèque", *ROW[1:])).decode("cp1252").encode(),
            "p.csv was read in a wrong encoding once: “DÃ©but” stands in it for a letter with an "
            "accent. Start again from the original file, saved as “CSV UTF-8”.",
        ),
        (
            csv_sheet(HEADINGS, ("M\ufffddiathèque", *ROW[1:])),
            "p.csv has lost letters in a change of encoding: “M\ufffddiathèque”. Start again from "
            "the original file, saved as “CSV UTF-8”.",
        ),
        (
            csv_sheet(HEADINGS, ("Médiathèque", *ROW[1:]), encoding="cp850"),
            "p.csv is neither UTF-8 nor UTF-16 nor Windows-1252: it would read “D‚but”. Save it "
            "as “CSV UTF-8”.",
        ),
        (
            csv_sheet(HEADINGS, ("Médiathèque", *ROW[1:]), encoding="mac-roman"),
            "p.csv is neither UTF-8 nor UTF-16 nor Windows-1252: save it as “CSV UTF-8”.",
        ),
        (
            b'Titre;Lieu;Date\r\n"Voir;Mus\r\n',
            "p.csv is no sound CSV: a quotation mark is opened or closed wrongly after row 1.",
        ),
        (
            b"Nom;Couleur;Taille\r\na;b;c\r\n",
            "p.csv has no row of headings that is known: there must be at least a column “Title”, "
            "and a column “Date” or “Venue”. Start from the template.",
        ),
        (csv_sheet(HEADINGS), "p.csv has no programme: there is no session in it."),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused_with_a_sentence(content, why):
    with pytest.raises(ImportRefused) as refusal:
        read_programme(content, "fds-2026", name="p.csv")
    assert refusal_of(refusal.value) == why


def test_every_fault_of_a_row_is_told_and_the_other_rows_are_taken():
    headings = (*HEADINGS, "Public", "Âges", "Jauge", "Entrée")
    programme = read(
        csv_sheet(
            headings,
            (*ROW, "", "", "", ""),
            ("Cascade", "", "Lans", "31/11/2026", "14h75", "", "Bidule", "12-8", "-1", "peut-être"),
            ("Nuit", *ROW[1:4], "20h", "2h", "", "", "", ""),
        )
    )

    assert [one.line for one in programme.sessions] == [2]
    assert [(one.line, len(one.faults)) for one in programme.rejections] == [(3, 7), (4, 1)]
    assert (
        sorted(faults_of(programme))
        == [
            ("B3", "Lieu", "This field is required."),
            ("D3", "Date", "“31/11/2026” is no date: write 24/10/2026 or 24 October 2026."),
            (
                "F4",
                "Fin",
                "The end must come after the start; if it is on the next day, give the last day.",
            ),
            (
                "G3",
                "Public",
                "“Bidule” is none of the answers: Everybody, Families, Adults, Schools, Teenagers.",
            ),
            ("H3", "Âges", "The largest age is smaller than the smallest."),
            ("I3", "Jauge", "“-1” is no whole number, zero or more."),
            (
                "J3",
                "Entrée",
                "“peut-être” is none of the answers: Free entry, Registration here, "
                "Registration elsewhere.",
            ),
        ]
        or sorted(faults_of(programme))[0][0] == "B3"
    )


@pytest.mark.parametrize(
    ("cells", "cell", "why"),
    [
        ({"Début": "15h30", "Fin": "14h30"}, "F2", "The end must come after the start"),
        ({"Date_de_fin": "5/10/2026", "Fin": "3h30"}, "F2", "does not last 37 hours"),
        ({"Date_de_fin": "6/10/2026", "Fin": "3h30"}, "F2", "does not last 61 hours"),
        ({"Date": "25/12/2026"}, "D2", "and this session is on"),
        ({"Date": "3/10/2062"}, "D2", "and this session is on"),
        ({"Date": "3/10/2206"}, "D2", "The year must be between 2000 and 2100."),
        ({"Fin": ""}, "F2", "Give the time of the end, or the duration."),
        ({"Horaires_par_semaine": "mar 10h-18h"}, "G2", "Only an exhibition has weekly hours."),
        ({"Entrée": "Inscription ailleurs"}, "G2", "Give a web address, a telephone"),
        ({"Entrée": "libre", "Lien_d’inscription": "a.example"}, "H2", "registration elsewhere"),
        ({"Code_INSEE": "380"}, "G2", "is no INSEE code"),
        ({"Lien": "demain"}, "G2", "Write a whole web address"),
        ({"Langues": "klingon"}, "G2", "is no language that is known"),
        ({"Titre": "x" * 201}, "A2", "has 201 characters: shorten it to 200."),
        ({"Titre_anglais": "x" * 201}, "G2", "has 201 characters: shorten it to 200."),
        ({"Lieu": "x" * 201}, "B2", "has 201 characters: shorten it to 200."),
        ({"Description": "x" * 20_001}, "G2", "shorten it to 20"),
        ({"Titre": "a\u202eb"}, "A2", "invisible characters"),
        ({"Salle": "", "Capacité_de_la_salle": "12"}, "G2", "This field is required."),
    ],
)
def test_what_makes_no_sense_is_told_at_its_cell(cells, cell, why):
    found = faults_of(read(with_columns(**cells)))
    expected = [] if "37 hours" in why else [cell]
    assert [one[0] for one in found] == expected
    assert not expected or why in found[0][2]


def test_an_hour_that_clocks_skip_is_told_at_its_cell_and_one_that_comes_twice_is_taken():
    known = replace(KNOWN, starts_on=date(2027, 3, 25), ends_on=date(2027, 10, 31))
    skipped = with_columns(Date="28/3/2027", Début="2h30", Fin="4h")
    twice = with_columns(Date="31/10/2027", Début="2h30", Fin="4h")

    assert faults_of(read_sheet(skipped, "e", known_edition=known)) == [
        ("E2", "Début", "On that day the clocks change and it is never 02:30: give 03:30.")
    ]
    (session,) = read_sheet(twice, "e", known_edition=known).sessions
    assert session.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_row_without_a_title_continues_the_activity_above():
    headings = (*HEADINGS, "Jauge", "Entrée", "Description")
    programme = read(
        csv_sheet(
            headings,
            (*ROW, "12", "ici", "Une chambre"),
            ("", "", "", "", "16h", "", "", "", ""),
            ("", "Mairie", "Lans", "4/10/2026", "", "", "8", "", ""),
        )
    )

    assert len(programme.activities) == 1
    assert [
        (one.venue, one.starts_at, one.ends_at, one.registration, one.capacity)
        for one in programme.sessions
    ] == [
        ("museum | grenoble", START, END, "here", 12),
        ("museum | grenoble", AFTER, AFTER.replace(hour=15), "here", 12),
        ("mairie | lans", AFTER.replace(day=4), AFTER.replace(day=4, hour=15), "here", 8),
    ]


def test_rows_that_say_other_things_of_one_activity_are_told():
    headings = (*HEADINGS, "Public")
    programme = read(
        csv_sheet(
            headings,
            (*ROW, "Familles"),
            (*ROW[:4], "16h", "17h", ""),
            (*ROW[:4], "18h", "19h", "Adultes"),
            (*ROW, "Familles"),
        )
    )
    assert faults_of(programme) == [
        ("G4", "Public", "Row 2 says something else in this place: “families”."),
        ("A5", "Titre", "Row 2 has this activity already, at the same place and time."),
    ]


def test_an_exhibition_has_its_days_its_weekly_hours_and_its_closures():
    (session,) = read(
        with_columns(
            Forme="Exposition",
            Début="",
            Fin="",
            Date_de_fin="30/11/2026",
            Horaires_par_semaine="mar-ven 14h-18h",
            Jours_de_fermeture="11 novembre 2026; 1/11/2026",
        )
    ).sessions
    assert (session.kind, session.starts_at, session.ends_at) == (
        "exhibition",
        datetime(2026, 10, 2, 22, 0, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 0, tzinfo=UTC),
    )
    assert [hours.weekday for hours in session.weekly_hours] == [2, 3, 4, 5]
    assert session.closures == (date(2026, 11, 1), date(2026, 11, 11))


def test_dates_with_the_month_first_are_noticed_by_the_file_as_a_whole():
    programme = read(
        csv_sheet(HEADINGS, (*ROW[:3], "10/03/2026", *ROW[4:]), (*ROW[:3], "10/13/2026", *ROW[4:]))
    )
    assert [one.starts_at.date() for one in programme.sessions] == [
        date(2026, 10, 3),
        date(2026, 10, 13),
    ]
    assert sentences(programme.notes)[-1] == (
        "Dates are read with the month before the day, like 10/24/2026."
    )
    mixed = read(
        csv_sheet(HEADINGS, (*ROW[:3], "13/10/2026", *ROW[4:]), (*ROW[:3], "10/13/2026", *ROW[4:]))
    )
    assert [cell for cell, _column, _why in faults_of(mixed)] == ["D3"]


def test_html_in_a_title_stays_text():
    (activity,) = read(with_columns(Titre="<b>Muon</b> <script>")).activities
    assert activity.title_fr == "<b>Muon</b> <script>"


def test_a_formula_counts_as_its_stored_result_and_one_without_is_told():
    book = Workbook()
    sheet = book.active
    sheet.append([*HEADINGS])
    sheet.append([*ROW[:5], "=E2+1/24"])
    sheet.append(["=1+1", *ROW[1:4], "16h", "#REF!"])
    programme = read(saved(book))
    assert [rejection.source_id for rejection in programme.rejections] == ["Voir un muon", ""]
    assert faults_of(programme) == [
        (
            "Sheet!F2",
            "Fin",
            "This formula has no result in the file: open and save it in a spreadsheet, or write "
            "the value.",
        ),
        (
            "Sheet!A3",
            "Titre",
            "This formula has no result in the file: open and save it in a spreadsheet, or write "
            "the value.",
        ),
        ("Sheet!F3", "Fin", "The spreadsheet shows an error here: #REF!."),
    ]


def test_every_sheet_with_headings_is_read_but_hidden_ones():
    book = Workbook()
    for title, venue in (("Lans", "Mairie"), ("Mens", "Halle"), ("Brouillon", "Nulle part")):
        sheet = book.create_sheet(title)
        sheet.append([*HEADINGS])
        sheet.append([ROW[0], venue, title, *ROW[3:]])
    book["Brouillon"].sheet_state = "hidden"
    assert [one.name for one in read(saved(book)).venues] == ["Mairie", "Halle"]


def test_as_many_rows_as_are_said_are_read_and_no_more(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows = [(*ROW[:4], f"{hour}h", f"{hour + 1}h") for hour in range(8, 12)]

    assert len(read(csv_sheet(HEADINGS, *rows[:3])).sessions) == 3
    with pytest.raises(ImportRefused) as refusal:
        read(csv_sheet(HEADINGS, *rows))
    assert refusal_of(refusal.value) == ("upload has more than 3 rows: part it into several files.")


def test_a_hundred_thousand_rows_are_refused_before_they_are_all_read():
    def rows():
        yield 1, HEADINGS
        for number in range(100_000):
            assert number <= 50_000
            yield number + 2, (f"Muon {number}", *ROW[1:])

    grid = sheets.Grid(iter((sheets.Sheet("", rows()),)))
    with pytest.raises(ImportRefused) as refusal:
        sheets.understood(grid, "p.xlsx", "fds-2026", "Europe/Paris", KNOWN)
    assert "more than 50000 rows" in refusal_of(refusal.value)


def test_people_are_chosen_by_the_names_that_the_edition_gives_them() -> None:
    own = [
        {"code": "children", "fr": "Enfants", "en": "Children"},
        {"code": "etudiants", "fr": "Étudiants", "en": "Students"},
    ]
    known = replace(KNOWN, categories=category_choices(own))

    def seated(cell: str) -> Any:
        content = with_columns(Entrée="Inscription ici", Qui_prend_une_place=cell)
        return read_sheet(content, "fds-2026", known_edition=known)

    [session] = seated("etudiants, enfant").sessions
    assert session.seat_categories == ("children", "etudiants")
    [in_english] = seated("Students").sessions
    assert in_english.seat_categories == ("etudiants",)
    [by_code] = seated("etudiants").sessions
    assert by_code.seat_categories == ("etudiants",)
    [(cell, column, reason)] = faults_of(seated("adultes"))
    assert (cell, column) == ("H2", "Qui prend une place")
    assert reason.endswith("children, Étudiants.")


def test_a_name_may_have_a_comma_or_a_slash_of_its_own() -> None:
    own: list[dict[str, Any]] = [
        {"code": "adults", "fr": "Adultes / aînés", "en": None},
        {"code": "children", "fr": "Enfants, ados", "en": "Adults"},
        {"code": "ados", "fr": "Ados", "en": None},
    ]
    people = category_choices(own)

    def read(cell: str) -> tuple[str, ...]:
        return read_choices(cell, people)

    assert read("Adultes / aînés, Enfants, ados, Ados") == ("adults", "children", "ados")
    assert read("ados/adultes / AÎNÉS;") == ("adults", "ados")
    assert read("Adults") == ("children",)
    assert read("children") == ("children",)
    with pytest.raises(Fault):
        read("Enfants, Ados / aînés")
