"""The sheet for the national site: its order, its lengths, plain text."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.proposals.national_sheet import (
    LONGEST_SUMMARY,
    STEP_LABELS,
    STEPS,
    SheetWords,
    first_sentences,
    sheet_of,
)

LENGTHS = {"title": 20, "description": 10_000, "price_note": 255, "conditions": 255}


def activity(**values: Any) -> Any:
    blank = {
        "title_fr": "Voir un muon",
        "description_fr": "Une **chambre** à brouillard.\n\n- des [traces](https://exemple.fr)\n",
        "format": "Atelier",
        "theme": "Physique",
        "image_alt_fr": None,
        "image_credit": None,
        "price_note_fr": None,
        "conditions_fr": None,
        "organisation": SimpleNamespace(name="Muséum"),
        "contact_name": "Lucie",
        "contact_email": None,
        "contact_telephone": None,
        "presenters": ["Ada", "Emmy"],
        "link": None,
    }
    return SimpleNamespace(**{**blank, **values})


def shown(texts: dict[str, str] | None = None, **values: Any) -> list[tuple[str, str]]:
    words = SheetWords(audience="Familles", times=("samedi, 10 h", "dimanche, 10 h"))
    parts = sheet_of(activity(**values), words, texts or {}, LENGTHS)
    return [(one.name, one.text) for part in parts for one in part.fields]


def test_fields_stand_in_the_order_of_the_national_form_and_empty_ones_are_left_out() -> None:
    assert shown() == [
        ("title", "Voir un muon"),
        ("summary", "Une chambre à brouillard."),
        ("description", "Une chambre à brouillard.\n\n- des traces (https://exemple.fr)"),
        ("format", "Atelier"),
        ("theme", "Physique"),
        ("keywords", "Physique, Atelier"),
        ("times", "samedi, 10 h\ndimanche, 10 h"),
        ("audience", "Familles"),
        ("organisation", "Muséum"),
        ("contact_name", "Lucie"),
        ("presenters", "Ada, Emmy"),
    ]


def test_the_order_is_that_of_the_file_which_names_every_field_once() -> None:
    full = activity(
        **dict.fromkeys(("image_alt_fr", "image_credit", "price_note_fr", "conditions_fr"), "x"),
        **dict.fromkeys(("contact_email", "contact_telephone", "link"), "x"),
    )
    words = SheetWords("x", "x", "x", "x", "x", times=["x"], places=["x"], ways_in=["x"])
    parts = sheet_of(full, words, {}, LENGTHS)

    assert [tuple(one.name for one in part.fields) for part in parts] == [
        names for _step, names in STEPS
    ]
    names = [name for _step, fields in STEPS for name in fields]
    assert len(set(names)) == len(names) == 24
    assert [step for step, _fields in STEPS] == list(STEP_LABELS)


def test_what_was_written_for_the_sheet_alone_comes_first() -> None:
    found = dict(shown({"summary": "Venez voir.", "keywords": "muon"}))

    assert (found["summary"], found["keywords"]) == ("Venez voir.", "muon")


def test_a_text_says_by_how_much_it_is_too_long_and_tells_itself_from_another() -> None:
    def title(text: str) -> Any:
        return sheet_of(activity(title_fr=text), SheetWords(), {}, LENGTHS)[0].fields[0]

    assert (title("T" * 20).over, title("🧊" * 23).over) == (0, 3)
    assert title("Muon").fingerprint == title("Muon").fingerprint != title("Muons").fingerprint


def test_a_summary_is_whole_sentences_where_they_fit() -> None:
    assert first_sentences("Une. Deux trois ! Quatre cinq.", 20) == "Une. Deux trois !"
    assert first_sentences("Une.\n\nDeux.", 20) == "Une."
    assert first_sentences("Une phrase bien trop longue", 12) == "Une phrase…"


@given(st.text(max_size=600), st.integers(10, 300))
def test_a_summary_never_exceeds_its_length(text: str, longest: int) -> None:
    assert len(first_sentences(text, longest)) <= longest


def test_the_summarys_length_is_that_of_a_short_description() -> None:
    assert LONGEST_SUMMARY == 200
