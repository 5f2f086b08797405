"""Who may do what: the whole table of roles, actions and nouns, for one's own and for others'."""

from dataclasses import dataclass, field
from itertools import product
from uuid import UUID

import pytest

from services.scheduling.domain.permissions import (
    ROLES,
    Owners,
    may,
    may_ever,
    may_invite_to,
    roles_for,
    scopes_left,
)
from shared.api_tokens import SCOPES
from shared.identifiers import new_id

MUSEUM, LIBRARY, HALL, YARD = (new_id() for _ in range(4))

OWN = Owners(frozenset({MUSEUM}), frozenset({HALL}))
OTHERS = Owners(frozenset({LIBRARY}), frozenset({YARD}))
BOTH = Owners(frozenset({MUSEUM, LIBRARY}), frozenset({HALL, YARD}))
NOBODYS = Owners()

NOUNS = (
    "festivals",
    "editions",
    "edition_rules",
    "organisations",
    "venues",
    "spaces",
    "activities",
    "sessions",
    "presenters",
    "resources",
    "site_texts",
)
ACTIONS = ("create", "change", "delete")


@dataclass(frozen=True)
class Somebody:
    roles: tuple[str, ...]
    organisation_ids: tuple[UUID, ...] = field(default=(MUSEUM,))
    venue_ids: tuple[UUID, ...] = field(default=(HALL,))


#: What each role does with what is its own, a letter for create, change and delete; nobody but a
#: coordinator does anything with what is another's, or nobody's.
TABLE = {
    "organiser": {
        "organisations": "-c-",
        "venues": "-c-",
        "spaces": "ncd",
        "activities": "ncd",
        "sessions": "ncd",
        "presenters": "ncd",
        "resources": "ncd",
    },
    "venue": {"venues": "-c-", "spaces": "ncd"},
    "door": {},
    "reader": {},
}


@pytest.mark.parametrize("role", TABLE)
def test_what_each_role_does_with_what_is_theirs(role: str) -> None:
    letters = {"create": "n", "change": "c", "delete": "d"}
    expected = {
        (noun, action): letters[action] in TABLE[role].get(noun, "---")
        for noun, action in product(NOUNS, ACTIONS)
    }

    assert {
        (noun, action): may(Somebody((role,)), action, noun, OWN)
        for noun, action in product(NOUNS, ACTIONS)
    } == expected


@pytest.mark.parametrize("owners", [OTHERS, BOTH, NOBODYS], ids=["others'", "shared", "nobody's"])
@pytest.mark.parametrize("role", TABLE)
def test_nobody_but_coordinators_touches_what_is_not_wholly_theirs(
    role: str, owners: Owners
) -> None:
    done = [
        (noun, action)
        for noun, action in product(NOUNS, ACTIONS)
        if may(Somebody((role,)), action, noun, owners)
    ]
    assert done == []


@pytest.mark.parametrize("owners", [OWN, OTHERS, NOBODYS], ids=["own", "others'", "nobody's"])
def test_a_coordinator_does_everything(owners: Owners) -> None:
    who = Somebody(("coordinator",), (), ())
    everything = product(NOUNS, (*ACTIONS, "read", "contacts"))
    assert all(may(who, action, noun, owners) for noun, action in everything)


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        ("organiser", "all", "all"),
        ("reader", "all", "all"),
        ("venue", ("sessions", "spaces", "venues"), ()),
        ("door", (), ()),
    ],
)
def test_who_reads_what(role: str, own: object, others: object) -> None:
    def read(owners: Owners) -> object:
        found = [noun for noun in NOUNS if may(Somebody((role,)), "read", noun, owners)]
        return "all" if len(found) == len(NOUNS) else tuple(sorted(found))

    assert (read(OWN), read(OTHERS)) == (own, others)


@pytest.mark.parametrize(
    ("role", "own", "others"),
    [
        ("organiser", True, False),
        ("venue", True, False),
        ("reader", True, True),
        ("door", False, False),
    ],
)
def test_who_sees_contacts(role: str, own: bool, others: bool) -> None:
    who = Somebody((role,))
    assert may(who, "contacts", "venues", OWN) == own
    assert may(who, "contacts", "venues", OTHERS) == others


def test_a_role_without_anything_of_its_own_does_nothing() -> None:
    for role in ("organiser", "venue"):
        who = Somebody((role,), (), ())
        assert not any(may_ever(who, action, noun) for noun in NOUNS for action in ACTIONS)


def test_a_membership_counts_under_its_own_role_alone() -> None:
    as_reader = Somebody(("reader",), (MUSEUM,), (HALL,))
    as_venue = Somebody(("venue",), (MUSEUM,), ())
    assert not may(as_reader, "change", "activities", OWN)
    assert not may(as_venue, "change", "venues", OWN)
    assert not may_invite_to(as_reader, MUSEUM)


def test_organisers_invite_to_their_own_organisations_alone() -> None:
    who = Somebody(("organiser",))
    assert [may_invite_to(who, one) for one in (MUSEUM, LIBRARY)] == [True, False]


def test_the_roles_of_an_action_are_those_that_may_ever_do_it() -> None:
    for noun, action in product(NOUNS, (*ACTIONS, "read")):
        able = tuple(role for role in ROLES if may_ever(Somebody((role,)), action, noun))
        assert roles_for(action, noun) == able, (noun, action)


@pytest.mark.parametrize(
    ("roles", "left"),
    [
        (("coordinator",), tuple(SCOPES)),
        (
            ("organiser",),
            (
                *("programme:read", "programme:write"),
                *("registrations:read", "registrations:write", "desk:write", "door:read"),
                *("accounts:read", "accounts:write"),
            ),
        ),
        (("reader",), ("programme:read",)),
        (("venue",), ("registrations:read", "desk:write", "door:read")),
        (("door",), ("door:read",)),
        ((), ()),
        (
            ("reader", "venue"),
            ("programme:read", "registrations:read", "desk:write", "door:read"),
        ),
    ],
    ids=lambda given: " ".join(given) or "none",
)
def test_a_token_outlives_no_right_of_its_maker(
    roles: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert scopes_left(roles, SCOPES) == left
