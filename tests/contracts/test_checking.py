"""The quick check of recorded events never accepts what marshmallow would refuse."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts import census
from shared.contracts.event import ContractError
from shared.contracts.scheduling import SESSION_PUBLISHED
from tests.contracts.golden import golden

EVENTS = sorted(census.EVENTS.values(), key=lambda event: event.type)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**70)
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["fr", "timed", "2026-10-01T10:00:00+02:00", "2026-10-01", "09:00", ""])
    | st.uuids().map(str),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside this one."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inside:
        found.append((*path, key))
        if isinstance(part, dict | list):
            found += places(part, (*path, key))
    return found


def changed(data: dict[str, Any], path: tuple[Any, ...], value: Any, action: str) -> Any:
    """Return the data with the value at `path` replaced, removed, or put beside under a new key."""
    data = copy.deepcopy(data)
    holder: Any = data
    for key in path[:-1]:
        holder = holder[key]
    if action == "replace":
        holder[path[-1]] = value
    elif action == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder["surprise"] = value
    return data


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_golden_example_is_accepted(event):
    event.check(golden(event).data)


@settings(max_examples=1500)
@given(st.data())
def test_what_the_quick_check_accepts_marshmallow_accepts(data):
    event = data.draw(st.sampled_from(EVENTS))
    example = golden(event).data
    path = data.draw(st.sampled_from(places(example)))
    action = data.draw(st.sampled_from(["replace", "replace", "remove", "add"]))
    mutant = changed(example, path, data.draw(JSON), action)
    if event._surely_keeps(mutant):
        assert event._strict.validate(mutant) == {}


@pytest.mark.parametrize("path", [(), ("venue",), ("edition", "name"), ("venue", "commune")])
def test_recording_refuses_an_unknown_field_and_consuming_ignores_it(path):
    example = golden(SESSION_PUBLISHED).data
    mutant = changed(example, (*path, "surprise"), 1, "add")
    with pytest.raises(ContractError):
        SESSION_PUBLISHED.check(mutant)
    assert SESSION_PUBLISHED.read(mutant) == SESSION_PUBLISHED.read(example)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_common_events_need_no_second_look(event):
    if event.name != "sign_in_requested":  # its address is left to marshmallow
        assert event._surely_keeps(golden(event).data)
