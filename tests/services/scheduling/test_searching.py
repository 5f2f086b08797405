"""Search in an edition's words: accents, plurals, elisions and typing errors are forgiven."""

import pytest

from services.scheduling.domain.searching.index import Guess, SearchIndex
from services.scheduling.domain.searching.words import stem, words_of


@pytest.fixture(scope="module")
def index():
    made = SearchIndex()
    made.add("eau", ["Boire la montagne"], ["D’où vient l’eau du robinet\u202f?", "Chimie"])
    made.add("étoiles", ["Les étoiles d’automne"], ["Astronomie au télescope. Étoiles doubles."])
    made.add("robots", ["Mon premier robot"], ["Robotique pour tous les âges"])
    made.add("chevaux", ["Des chevaux et des hommes"], [None, "Histoire du cheval de mine"])
    made.add("chimiste", ["Chimique\u202f!"], ["La chimie amusante, de l’eau à la vapeur"])
    return made


def _keys(index, text):
    """Return who says every word of a text."""
    terms = index.find(text).terms
    return sorted(frozenset.intersection(*(term.said for term in terms))) if terms else None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Étoiles", "etoile"),
        ("chevaux", "cheval"),
        ("eaux", "eau"),
        ("jeux", "jeu"),
        ("souris", "souri"),
        ("gaz", "gaz"),
        ("as", "as"),
        ("œufs", "oeuf"),
        ("express", "express"),
    ],
)
def test_a_word_is_compared_folded_and_in_the_singular(word, expected):
    assert stem(word) == expected


def test_elided_articles_are_no_words():
    text = "L’eau qu’on boit, aujourd’hui, l’été d’avant"
    assert [written for _stem, written in words_of(text)] == [
        *("eau", "on", "boit", "aujourd", "hui", "été", "avant"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ÉTOILE", ["étoiles"]),
        ("l'eau", ["chimiste", "eau"]),
        ("d’astronomie", ["étoiles"]),
        ("cheval", ["chevaux"]),
        ("robot", ["robots"]),
        ("le cheval de la mine", ["chevaux"]),
        ("eau chimie", ["chimiste", "eau"]),
        ("étoiles eau", []),
        ("xylophone", []),
        ("le", []),
        ("!?", None),
    ],
)
def test_every_word_must_be_said_and_articles_are_passed_over(index, text, expected):
    assert _keys(index, text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "guess"),
    [
        ("chimi", ["chimiste", "eau"], Guess("chimi", ("chimie", "chimique"))),
        ("astronmie", ["étoiles"], Guess("astronmie", ("astronomie",))),
        ("telesocpe", ["étoiles"], Guess("telesocpe", ("télescope",))),
        ("étoilles", ["étoiles"], Guess("étoilles", ("étoiles",))),
        ("onomie", ["étoiles"], Guess("onomie", ("astronomie",))),
    ],
)
def test_a_word_that_nobody_wrote_stands_for_the_nearest_and_it_is_said(
    index, text, expected, guess
):
    assert _keys(index, text) == expected
    assert index.find(text).guesses == (guess,)


def test_a_short_word_is_taken_as_it_is(index):
    assert index.find("aeu").guesses == ()
    assert _keys(index, "aeu") == []


def test_who_says_every_word_in_the_title_is_known(index):
    assert index.find("étoiles automne").titled == {"étoiles"}
    assert index.find("cheval mine").titled == frozenset()
