import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import fold, typeset


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Œuvre d’été", "oeuvre d'ete"),
        ("  Saint-Égrève \n ", "saint-egreve"),
        ("ÇA VA", "ca va"),
        ("Straße", "strasse"),
        ("e\u0301cole", "ecole"),
    ],
)
def test_search_sees_neither_accents_nor_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "set_in_type"),
    [
        ("Vraiment ?", "Vraiment\u202f?"),
        ("Attention : « oui » !", "Attention\u00a0: «\u00a0oui\u00a0»\u202f!"),
        ("https://parvis.example/?a=1;b", "https://parvis.example/?a=1;b"),
    ],
)
def test_french_spaces_do_not_break(typed: str, set_in_type: str) -> None:
    assert typeset(typed) == set_in_type
