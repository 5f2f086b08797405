"""Where a proposal can go and what is asked of it: rules without a database."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.proposals.reminding import UNSENT, lacking, reminder_due
from services.scheduling.domain.proposals.requirements import (
    REQUIREMENTS,
    STAGES,
    Rules,
    Subject,
    concerned,
    missing,
    rules_of,
)
from services.scheduling.domain.proposals.steps import (
    BY_NAME,
    LABEL_STATES,
    STATES,
    STEPS,
    NotOpen,
    Standing,
    open_steps,
    take_step,
)
from services.scheduling.models import EditionRules
from shared.contracts.proposals import STEPS as TOLD_STEPS
from shared.testing.contexts import NOW

STANDINGS = st.builds(Standing, st.sampled_from(STATES), st.sampled_from(LABEL_STATES))
SIDES = st.sampled_from(["organisation", "coordination"])


def activity(**values: Any) -> Any:
    """Return an activity that says nothing but what is given."""
    blank: dict[str, Any] = {
        "title_fr": "Voir un muon",
        "title_en": None,
        "description_fr": "",
        "description_en": None,
        "organisation_id": None,
        "audience": "everyone",
        "age_min": None,
        "theme": None,
        "format": None,
        "presenters": [],
        "duration_minutes": None,
        "school_levels": [],
        "languages": [],
        "accessibility": [],
        "price_note_fr": None,
        "price_note_en": None,
        "conditions_fr": None,
        "conditions_en": None,
        "image_id": None,
        "image_alt_fr": None,
        "image_credit": None,
        "wishes": None,
        "contact_name": None,
        "contact_email": None,
        "contact_telephone": None,
        "state": "idea",
        "label_state": "none",
    }
    return SimpleNamespace(**{**blank, **values})


def names(subject: Subject, rules: Rules, stage: Any) -> list[str]:
    return [lack.name for lack in missing(subject, rules, stage)]


def test_who_may_take_which_step_from_where() -> None:
    offered = {
        (state, side): [step.name for step in open_steps(Standing(state), side)]
        for state in STATES
        for side in ("organisation", "coordination")
    }

    assert offered == {
        ("idea", "organisation"): ["submit", "withdraw", "comment"],
        ("idea", "coordination"): ["submit", "accept", "withdraw", "comment"],
        ("submitted", "organisation"): ["withdraw", "request_label", "comment"],
        ("submitted", "coordination"): [
            "accept",
            "ask_changes",
            "decline",
            "withdraw",
            "request_label",
            "grant_label",
            "comment",
        ],
        ("changes_asked", "organisation"): ["submit", "withdraw", "request_label", "comment"],
        ("changes_asked", "coordination"): [
            "submit",
            "accept",
            "decline",
            "withdraw",
            "request_label",
            "comment",
        ],
        ("accepted", "organisation"): ["withdraw", "request_label", "comment"],
        ("accepted", "coordination"): [
            "ask_changes",
            "withdraw",
            "request_label",
            "grant_label",
            "comment",
        ],
        ("declined", "organisation"): ["comment"],
        ("declined", "coordination"): ["accept", "reconsider", "comment"],
        ("withdrawn", "organisation"): ["resume", "comment"],
        ("withdrawn", "coordination"): ["resume", "comment"],
    }


@given(STANDINGS, st.lists(st.tuples(st.sampled_from([*BY_NAME, "publish"]), SIDES), max_size=30))
def test_whatever_is_tried_only_open_steps_are_taken(
    standing: Standing, tried: list[tuple[str, Any]]
) -> None:
    for name, side in tried:
        if name in [step.name for step in open_steps(standing, side)]:
            after = take_step(name, standing, side)
            moved = (after.state != standing.state, after.label_state != standing.label_state)
            step = BY_NAME[name]
            assert moved in (
                (step.to_state is not None, False),
                (False, step.to_label_state is not None),
            )
            standing = after
        else:
            with pytest.raises(NotOpen):
                take_step(name, standing, side)
        assert standing.state in STATES
        assert standing.label_state in LABEL_STATES


@given(STANDINGS, st.lists(st.sampled_from(list(BY_NAME)), max_size=40))
def test_those_who_propose_never_accept_decline_or_grant(
    standing: Standing, tried: list[str]
) -> None:
    for name in tried:
        before = standing
        try:
            standing = take_step(name, standing, "organisation")
        except NotOpen:
            continue
        if standing.state != before.state:
            assert standing.state in ("submitted", "withdrawn", "idea")
        if standing.label_state != before.label_state:
            assert standing.label_state in ("requested", "none")


def test_every_state_can_be_left_and_every_step_is_told() -> None:
    for state in STATES:
        steps = open_steps(Standing(state), "coordination")
        assert any(step.to_state not in (None, state) for step in steps)
    assert [step.name for step in STEPS] == list(TOLD_STEPS)


def test_a_few_lines_lack_what_a_proposal_asks_for() -> None:
    few = Subject(activity())
    described = Subject(
        activity(
            organisation_id="m", description_fr="…", contact_name="Lucie", contact_email="l@m.fr"
        )
    )

    assert names(few, Rules(), "proposal") == ["organisation", "contact", "description"]
    assert names(described, Rules(), "proposal") == []
    assert names(described, Rules(), "label") == ["theme", "format", "wishes"]
    assert names(few, Rules(), "publication") == []


def test_wishes_or_a_session_say_when_and_where() -> None:
    rules = Rules({"proposal": ("wishes",), "label": (), "publication": ("sessions",)})

    assert names(Subject(activity()), rules, "proposal") == ["wishes"]
    assert names(Subject(activity(wishes="Le samedi")), rules, "proposal") == []
    assert names(Subject(activity(), unplaced=1), rules, "proposal") == []
    assert names(Subject(activity(), unplaced=1), rules, "publication") == ["sessions"]
    assert names(Subject(activity(), sessions=1), rules, "publication") == []


def test_school_levels_are_asked_of_what_is_for_classes() -> None:
    rules = Rules({"proposal": ("school_levels",)})

    assert names(Subject(activity()), rules, "proposal") == []
    assert names(Subject(activity(audience="schools")), rules, "proposal") == ["school_levels"]
    for_classes = activity(audience="schools", school_levels=["cm1"])
    assert names(Subject(for_classes), rules, "proposal") == []


def test_a_text_that_is_too_long_says_by_how_much_and_is_published_all_the_same() -> None:
    rules = Rules({}, {"title": 10, "description": 5, "price_note": 9, "conditions": 9})
    long = Subject(activity(title_fr="🧊" * 11, title_en="x" * 10, description_fr="a\r\nb\r\nc"))

    assert [(lack.field, str(lack.sentence)) for lack in missing(long, rules, "proposal")] == [
        ("title_fr", "Titre\u00a0: 1 caractère de trop."),
    ]
    assert missing(long, rules, "publication") == ()


@given(st.sets(st.sampled_from([one.name for one in REQUIREMENTS])), st.sampled_from(STAGES))
def test_what_is_missing_is_what_was_asked_and_is_not_there(asked: set[str], stage: Any) -> None:
    rules = Rules({stage: tuple(asked)})
    nothing = Subject(activity(audience="schools"))

    assert set(names(nothing, rules, stage)) == asked
    assert all(str(lack.sentence) and lack.field for lack in missing(nothing, rules, stage))


def test_rules_are_read_as_they_are_kept() -> None:
    kept = EditionRules(
        requirements={"proposal": ["theme", "forgotten"], "publication": ["image"]},
        lengths={"title": 80},
        reminder_days=[1, 10],
        takes_proposals=True,
        proposals_due_on=date(2026, 4, 30),
    )

    rules = rules_of(kept)

    assert rules.asked["proposal"] == ("theme",)
    assert rules.asked["label"] == Rules().asked["label"]
    assert rules.asked["publication"] == ("image",)
    assert (rules.longest("title_en"), rules.longest("description_fr")) == (80, 10_000)
    assert rules.longest("wishes") is None
    assert rules.reminder_days == (10, 1)
    assert rules.due == {"proposal": date(2026, 4, 30), "label": None, "publication": None}
    assert rules_of(None) == Rules()


def test_a_proposal_is_on_its_way_to_one_stage_or_two() -> None:
    found = {
        (state, label): concerned(activity(state=state, label_state=label))
        for state in ("idea", "submitted", "accepted", "declined", "withdrawn")
        for label in ("none", "requested", "granted")
    }

    assert {key: stages for key, stages in found.items() if stages} == {
        ("idea", "none"): ("proposal",),
        ("idea", "requested"): ("proposal", "label"),
        ("idea", "granted"): ("proposal",),
        ("submitted", "none"): ("proposal",),
        ("submitted", "requested"): ("proposal", "label"),
        ("submitted", "granted"): ("proposal",),
        ("accepted", "none"): ("publication",),
        ("accepted", "requested"): ("publication", "label"),
        ("accepted", "granted"): ("publication",),
    }


@pytest.mark.parametrize(
    ("day", "reminder"),
    [
        (date(2026, 4, 15), None),
        (date(2026, 4, 16), 14),
        (date(2026, 4, 20), 14),
        (date(2026, 4, 23), 7),
        (date(2026, 4, 29), 1),
        (date(2026, 4, 30), 1),
        (date(2026, 5, 1), None),
    ],
)
def test_the_nearest_reminder_that_has_come_is_the_one(day: date, reminder: int | None) -> None:
    assert reminder_due(date(2026, 4, 30), day, (14, 7, 1)) == reminder


def test_without_a_deadline_nobody_is_reminded() -> None:
    assert reminder_due(None, NOW.date(), (14, 7, 1)) is None
    assert reminder_due(NOW.date(), NOW.date(), ()) is None


def test_what_is_whole_and_unsent_is_still_reminded_of() -> None:
    rules = Rules({"proposal": ()})

    assert lacking(Subject(activity()), rules, "proposal") == (UNSENT,)
    assert lacking(Subject(activity(state="changes_asked")), rules, "proposal") == (UNSENT,)
    assert lacking(Subject(activity(state="submitted")), rules, "proposal") == ()
