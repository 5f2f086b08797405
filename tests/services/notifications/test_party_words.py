"""Whom a mail says that somebody comes with: by the names of the session's edition."""

from typing import Any

import pytest

from services.notifications.domain.wording import head_count
from shared.contracts.party_categories import usual_categories
from shared.i18n import speaking, translator

STUDENTS = {"code": "etudiants", "fr": "Étudiants", "en": "Students"}
OWN: dict[str, Any] = {
    "party_categories": [STUDENTS, *usual_categories()[:2]],
    "former_categories": [{"code": "pupils", "fr": "Classes", "en": None}],
}


@pytest.mark.parametrize(
    ("party", "edition", "locale", "said"),
    [
        ({"children": 1, "adults": 2}, {}, "fr", "2 adultes, 1 enfant"),
        ({"children": 1, "adults": 2}, OWN, "en", "2 adults, 1 child"),
        ({"adults": 1, "etudiants": 3}, OWN, "fr", "Étudiants\u00a0: 3, 1 adulte"),
        ({"adults": 0, "etudiants": 3}, OWN, "en", "Students: 3"),
        ({"pupils": 2, "dogs": 1}, OWN, "fr", "Classes\u00a0: 2, 1 × dogs"),
    ],
)
def test_a_party_is_told_in_the_editions_order_and_words(
    party: dict[str, int], edition: dict[str, Any], locale: str, said: str
) -> None:
    with speaking(translator("services.notifications", locale)):
        assert head_count(party, edition) == said


@pytest.mark.parametrize(
    ("wheelchairs", "locale", "said"),
    [
        (0, "fr", "2 adultes"),
        (1, "fr", "2 adultes, dont 1 en fauteuil roulant"),
        (1, "en", "2 adults, 1 of you in a wheelchair"),
        (2, "en", "2 adults, 2 of you in wheelchairs"),
    ],
)
def test_who_comes_in_a_wheelchair_is_told_with_the_party(
    wheelchairs: int, locale: str, said: str
) -> None:
    with speaking(translator("services.notifications", locale)):
        assert head_count({"adults": 2}, {}, wheelchairs) == said
