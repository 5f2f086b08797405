"""What people write in the cells of a spreadsheet, and what it means."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.programme import Opening
from services.scheduling.exporters.sheet_cells import ages_cell, hours_cell, names_cell
from services.scheduling.importers.sheet_columns import COLUMNS, key_of_heading
from services.scheduling.importers.sheet_csv import disarmed, looks_twice_encoded, rearmed
from services.scheduling.importers.sheet_grid import column_of, letters_of
from services.scheduling.importers.sheet_hours import read_hours
from services.scheduling.importers.sheet_times import (
    Clock,
    read_clock,
    read_day,
    read_minutes,
)
from services.scheduling.importers.sheet_values import (
    read_ages,
    read_insee,
    read_link,
    read_names,
    read_telephone,
    read_whole,
    read_yes,
)
from tests.services.scheduling.told import english

OCTOBER_24 = date(2026, 10, 24)


@pytest.mark.parametrize(
    "written",
    [
        OCTOBER_24,
        datetime(2026, 10, 24),
        "24/10/2026",
        "24.10.26",
        "2026-10-24",
        "2026-10-24 00:00:00",
        "24 octobre 2026",
        "samedi 24 octobre 2026",
        "Sam. 24/10/2026",
        "24-oct-2026",
        "October 24, 2026",
        "24th October 2026",
        "24 octobre",
        "24/10",
    ],
)
def test_a_day_is_read_however_it_is_written(written):
    assert read_day(written, 2026) == OCTOBER_24


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("10/24/2026", "is no date"),
        ("31/11/2026", "is no date"),
        ("bientôt", "is no date"),
        (46319, "is no date"),
        ("dimanche 24 octobre 2026", "24/10/2026 is a Saturday"),
    ],
)
def test_what_is_no_day_says_what_to_write(written, why):
    with pytest.raises(Fault) as fault, english():
        read_day(written, 2026)
    with english():
        assert why in str(fault.value.sentence)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (time(14, 30), Clock(time(14, 30))),
        (timedelta(hours=14, minutes=30), Clock(time(14, 30))),
        (0.6041666666666666, Clock(time(14, 30))),
        ("14h30", Clock(time(14, 30))),
        ("14:30:00", Clock(time(14, 30))),
        ("14 h 30 min", Clock(time(14, 30))),
        ("2:30 pm", Clock(time(14, 30))),
        ("14 h", Clock(time(14))),
        (14, Clock(time(14))),
        ("midi", Clock(time(12))),
        ("24h", Clock(time(0), days=1)),
        ("02:30+01:00", Clock(time(2, 30), offset=60)),
    ],
)
def test_a_time_of_day_is_read_however_it_is_written(written, meant):
    assert read_clock(written) == meant


@pytest.mark.parametrize(
    "written", ["14h75", "25:00", "vers 14h", "14h-15h", 14.3, timedelta(days=2)]
)
def test_what_is_no_time_of_day_is_refused(written):
    with pytest.raises(Fault):
        read_clock(written)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        (90, 90),
        ("90", 90),
        ("1h30", 90),
        ("1:30", 90),
        (time(1, 30), 90),
        ("45 min", 45),
        ("2 h", 120),
    ],
)
def test_a_duration_is_read_in_minutes(written, minutes):
    assert read_minutes(written) == minutes


@pytest.mark.parametrize(
    ("written", "ages"),
    [
        ("8-12", (8, 12)),
        ("de 8 à 12 ans", (8, 12)),
        ("dès 6 ans", (6, None)),
        ("à partir de 6 ans", (6, None)),
        ("12+", (12, None)),
        (6, (6, None)),
        ("jusqu’à 12 ans", (None, 12)),
        ("tous", (None, None)),
    ],
)
def test_ages_are_read_however_they_are_written(written, ages):
    assert read_ages(written) == ages


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (datetime(2026, 12, 8), "The spreadsheet took these ages for a date"),
        ("12-8", "The oldest age is below the youngest."),
        ("200", "An age goes from 0 to 120 years"),
        ("petits", "does not read as ages"),
    ],
)
def test_ages_that_make_no_sense_say_why(written, why):
    with pytest.raises(Fault) as fault:
        read_ages(written)
    with english():
        assert why in str(fault.value.sentence)


def test_what_excel_takes_away_is_given_back():
    assert (read_insee(1004), read_telephone(476000000), read_link("www.museum.example")) == (
        "01004",
        "0476000000",
        "https://www.museum.example",
    )


@pytest.mark.parametrize("written", [-1, "-1", 1.5, "douze", 2**31, True])
def test_a_number_of_seats_is_whole_and_not_negative(written):
    with pytest.raises(Fault):
        read_whole(written)


def test_numbers_and_yes_are_read_with_their_words():
    assert (read_whole("12 places"), read_whole(12.0), read_yes("X"), read_yes(False)) == (
        12,
        12,
        True,
        False,
    )


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1)
        .map(lambda name: " ".join(name.split()))
        .filter(lambda name: name and name == name.strip()),
        max_size=4,
        unique=True,
    ).filter(lambda names: all(__import__("unicodedata").is_normalized("NFC", n) for n in names))
)
def test_names_come_back_from_their_cell(names):
    cell = names_cell(names)
    try:
        read = read_names(cell) if cell else ()
    except Fault:  # signs that turn a text around, which no name may have
        return
    assert read == tuple(names)


@given(st.integers(0, 120), st.integers(0, 120), st.booleans())
def test_ages_come_back_from_their_cell_in_both_languages(one, other, is_english):
    for ages in ((min(one, other), max(one, other)), (one, None), (None, other)):
        if is_english:
            with english():
                assert read_ages(ages_cell(*ages)) == ages
        else:
            assert read_ages(ages_cell(*ages)) == ages


def test_weekly_hours_come_back_from_their_cell_in_both_languages():
    hours = [
        *(
            (day, opens, closes)
            for day in (2, 3, 4)
            for opens, closes in (("09:30", "12:00"), ("14:00", "18:00"))
        ),
        (6, "10:00", "18:00"),
    ]
    cell = hours_cell([Opening(*one) for one in hours])
    assert cell == "mar-jeu 09:30-12:00, 14:00-18:00; sam 10:00-18:00"
    with english():
        english_cell = hours_cell([Opening(*one) for one in hours]) or ""
    assert read_hours(cell) == read_hours(english_cell) == tuple(sorted(hours))
    assert read_hours("tous les jours 10h à 18h") == tuple(
        (day, "10:00", "18:00") for day in range(1, 8)
    )


@given(st.text(st.sampled_from("'=+-@\t\r\nＡ＝a ")))
def test_a_text_that_looks_like_a_formula_comes_back_from_csv_and_is_none_there(text):
    assert rearmed(disarmed(text)) == text
    assert not disarmed(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_a_text_in_a_wrong_encoding_is_told_from_good_french():
    wrong = "Médiathèque de l’Île".encode().decode("cp1252")
    assert looks_twice_encoded(wrong) == "Ã©"
    assert looks_twice_encoded("À l’été, « pâté » : Âge, Ãlbi, château…") is None


def test_every_heading_is_recognised_in_both_languages():
    keys = [column.key for column in COLUMNS]
    french = [str(column.heading) for column in COLUMNS]
    with english():
        words = [str(column.heading) for column in COLUMNS]
    assert [key_of_heading(heading) for heading in french] == keys
    assert [key_of_heading(heading) for heading in words] == keys
    assert [key_of_heading(f"  {heading.upper()} * ") for heading in french] == keys
    assert key_of_heading("Couleur préférée") is None


@given(st.integers(0, 16_383))
def test_a_column_has_letters_and_letters_a_column(place):
    assert column_of(f"{letters_of(place)}17") == place
