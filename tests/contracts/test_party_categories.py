"""Whom an edition counts, read from the contract in whatever version, and whom a form asks for."""

from typing import Any

import pytest

from shared.contracts.party_categories import (
    asked_of,
    codes_of,
    is_usual,
    label_of,
    labels_of,
    usual_categories,
)
from shared.contracts.scheduling import SESSION_PUBLISHED
from tests.contracts.golden import golden

STUDENTS = {"code": "etudiants", "fr": "Étudiants", "en": None}
OWN: dict[str, Any] = {
    "party_categories": [STUDENTS, *usual_categories()[1:3]],
    "former_categories": [{"code": "seniors", "fr": "Aînés", "en": "Seniors"}],
}


@pytest.mark.parametrize("version", [1, 2])
def test_an_edition_of_an_older_event_has_the_usual_categories_each_time_anew(version: int) -> None:
    first, second = (
        SESSION_PUBLISHED.read(golden(SESSION_PUBLISHED, version).data)["edition"] for _ in range(2)
    )
    first["party_categories"].clear()
    first["former_categories"].append(STUDENTS)

    assert second["party_categories"] == usual_categories()
    assert second["former_categories"] == []


def test_codes_and_names_are_the_editions_and_where_it_says_nothing_the_usual_ones() -> None:
    assert codes_of(OWN) == ("etudiants", "children", "pupils")
    assert list(labels_of(OWN)) == ["etudiants", "children", "pupils", "seniors"]
    assert codes_of({}) == ("adults", "children", "pupils", "accompanying")
    assert list(labels_of({})) == list(codes_of({}))


@pytest.mark.parametrize(
    ("edition", "seated", "asked"),
    [
        ({}, ["adults", "children"], ("adults", "children")),
        ({}, ["children"], ("adults", "children")),
        ({}, [], ("adults", "children")),
        ({}, ["pupils"], ("pupils", "accompanying")),
        ({}, ["children", "pupils"], ("children", "pupils", "accompanying")),
        (OWN, ["etudiants"], ("etudiants", "children")),
        (OWN, ["etudiants", "pupils"], ("etudiants", "pupils")),
        ({"party_categories": usual_categories()[2:]}, [], ("pupils", "accompanying")),
    ],
)
def test_a_form_asks_for_a_class_only_where_the_session_seats_one(
    edition: dict[str, Any], seated: list[str], asked: tuple[str, ...]
) -> None:
    assert asked_of(edition, seated) == asked


def test_a_name_is_in_the_readers_language_else_in_french_else_the_code() -> None:
    known = labels_of(OWN)

    codes = ("children", "etudiants", "seniors", "dogs")
    assert [label_of(known, code, "en") for code in codes] == [
        "Children",
        "Étudiants",
        "Seniors",
        "dogs",
    ]
    assert label_of(known, "seniors", "fr") == "Aînés"


def test_only_what_is_called_as_usual_is_counted_in_the_usual_words() -> None:
    renamed = {"code": "adults", "fr": "Grandes personnes", "en": "Grown-ups"}
    retold = {"code": "children", "fr": "Enfants", "en": "Kids"}
    known = labels_of({"party_categories": [renamed, retold, usual_categories()[2], STUDENTS]})

    assert [code for code in known if is_usual(known, code)] == ["pupils"]
