"""Changes of two people are put together so that none is ever lost without a word."""

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.pages.console.forms import Part
from services.scheduling.pages.console.merging import merge, read_seen
from shared.i18n import lazy_gettext

PARTS = [
    Part("when", lazy_gettext("Quand"), ("day", "starts")),
    Part("where", lazy_gettext("Où"), ("venue",)),
    Part("hours", lazy_gettext("Horaires"), ("hours",)),
]

TEXTS = st.sampled_from(["", "a", "b", " a "])
SHOWN = st.fixed_dictionaries(
    {
        "day": TEXTS,
        "starts": TEXTS,
        "venue": TEXTS,
        "hours": st.lists(st.fixed_dictionaries({"opens": TEXTS}), max_size=2),
    }
)


def of(part: Part, shown: dict) -> list:
    values = [shown[name] for name in part.fields]
    return [value.strip() if isinstance(value, str) else value for value in values]


@given(SHOWN, SHOWN, SHOWN)
def test_no_change_is_lost_without_a_word(seen: dict, mine: dict, theirs: dict) -> None:
    merged = merge(PARTS, seen, mine, theirs)
    for part in PARTS:
        was, here, there = of(part, seen), of(part, mine), of(part, theirs)
        kept = of(part, merged.shown)
        if part in merged.both:
            assert (kept, here != there, here != was, there != was) == (here, True, True, True)
        elif part in merged.theirs:
            assert (kept, here) == (there, was)
        else:
            assert kept == here
            assert there in (was, here)


@given(SHOWN, SHOWN)
def test_what_only_one_changed_is_never_asked_about(seen: dict, changed: dict) -> None:
    assert merge(PARTS, seen, seen, changed).both == ()
    assert merge(PARTS, seen, changed, seen).shown == changed


@given(SHOWN, SHOWN)
def test_a_form_that_does_not_say_what_it_saw_asks_about_every_difference(
    mine: dict, theirs: dict
) -> None:
    merged = merge(PARTS, read_seen("nonsense"), mine, theirs)
    assert {part.name for part in merged.both} == {
        part.name for part in PARTS if of(part, mine) != of(part, theirs)
    }
