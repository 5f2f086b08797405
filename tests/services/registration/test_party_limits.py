"""Whom a party may count, and what may be answered: pure rules."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.registration.domain.questions import (
    AnswerFault,
    AskedQuestion,
    answer_faults,
    kept_answers,
)
from services.registration.domain.rules import (
    NO_RULES,
    Limit,
    PartyFault,
    Rules,
    faults,
    new_faults,
)

ONE_ADULT = Rules(party_limits={"adults": Limit(1, 2), "children": Limit(None, 3)}, largest_party=4)


@pytest.mark.parametrize(
    ("party", "found"),
    [
        ({"adults": 1, "children": 3}, ()),
        ({"children": 2}, (PartyFault("adults", "too_few", 1),)),
        ({"adults": 3}, (PartyFault("adults", "too_many", 2),)),
        ({"adults": 2, "children": 3}, (PartyFault(None, "too_many", 4),)),
        (
            {"children": 5},
            (
                PartyFault("adults", "too_few", 1),
                PartyFault("children", "too_many", 3),
                PartyFault(None, "too_many", 4),
            ),
        ),
    ],
)
def test_a_party_outside_the_limits_is_told_each_of_them(
    party: dict[str, int], found: tuple[PartyFault, ...]
) -> None:
    assert faults(party, ONE_ADULT) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"adults": 6}, {"adults": 5}, ()),
        ({"children": 3}, {"children": 2}, ()),
        (
            {"adults": 6},
            {"adults": 7},
            (PartyFault("adults", "too_many", 2), PartyFault(None, "too_many", 4)),
        ),
        ({"adults": 1, "children": 1}, {"children": 2}, (PartyFault("adults", "too_few", 1),)),
    ],
    ids=["nearer to the most", "as before", "further away", "the last adult goes"],
)
def test_limits_that_came_later_forbid_nothing_that_comes_nearer_to_them(
    before: dict[str, int], after: dict[str, int], found: tuple[PartyFault, ...]
) -> None:
    assert new_faults(after, before, ONE_ADULT) == found


def test_a_session_of_which_nothing_was_said_takes_any_party() -> None:
    assert faults({"adults": 40}, NO_RULES) == ()


def _question(kind: Any, number: int, *, required: bool = True) -> AskedQuestion:
    return AskedQuestion(
        id=UUID(int=number),
        kind=kind,
        label={"fr": "Déjà venu ?", "en": None},
        purpose={"fr": "Former les groupes", "en": None},
        choices=({"fr": "Oui", "en": "Yes"}, {"fr": "Non", "en": "No"}) if kind == "choice" else (),
        is_required=required,
        forgotten_on=date(2026, 11, 1),
    )


TEXT, CHOICE, CONSENT = _question("text", 1), _question("choice", 2), _question("consent", 3)
OPTIONAL = _question("text", 4, required=False)
ASKED = (TEXT, CHOICE, CONSENT, OPTIONAL)
GOOD = {TEXT.key: " Un peu ", CHOICE.key: "Oui", CONSENT.key: True}


def test_answers_are_kept_without_what_was_left_empty() -> None:
    answers = {**GOOD, OPTIONAL.key: "  "}
    assert answer_faults(answers, ASKED) == ()
    assert kept_answers(answers, ASKED) == {**GOOD, TEXT.key: "Un peu"}


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        (TEXT, "", "unanswered"),
        (TEXT, None, "unanswered"),
        (TEXT, 3, "not_text"),
        (TEXT, "x" * 501, "too_long"),
        (CHOICE, "Yes", "unknown_choice"),
        (CONSENT, False, "unanswered"),
        (CONSENT, "on", "unknown_choice"),
    ],
)
def test_an_answer_that_will_not_do_says_why(
    question: AskedQuestion, answer: Any, code: Any
) -> None:
    answers = {**GOOD, question.key: answer}
    assert answer_faults(answers, ASKED) == (AnswerFault(question.key, code),)


def test_an_answer_to_what_was_not_asked_is_refused() -> None:
    assert answer_faults({**GOOD, "other": "x"}, ASKED) == (
        AnswerFault("other", "unknown_question"),
    )
