"""The crowd of the opening, and the replay that finds wrong decisions; nothing is timed here."""

from collections import Counter
from types import SimpleNamespace
from uuid import UUID

import pytest

from benchmarks.crowd import _filled
from benchmarks.families import Family, Wish, come
from benchmarks.figure import WrongResult
from benchmarks.replay import Wanted, check_batch

A, B = UUID(int=1), UUID(int=2)


def decided(key, status, **bookings):
    answer = {
        "bookings": [
            {"session_id": str({"a": A, "b": B}[name]), "status": state}
            for name, state in bookings.items()
        ]
    }
    return SimpleNamespace(key=key, status=status, answer=answer)


def wants(seats, **sessions):
    return Wanted({"adults": seats}, {{"a": A, "b": B}[n]: waits for n, waits in sessions.items()})


def test_the_same_families_come_in_every_run_some_sessions_much_more_wanted():
    sessions = [UUID(int=n) for n in range(600)]
    crowd = come(sessions, 4000)
    assert crowd == come(sessions, 4000)
    assert [family.arrives for family in crowd] == sorted(family.arrives for family in crowd)
    assert {len(family.wishes) for family in crowd} == {1, 2, 3, 4}
    assert {family.adults + family.children for family in crowd} == {1, 2, 3, 4, 5, 6}
    wanted = Counter(wish.session for family in crowd for wish in family.wishes)
    least = sum(wanted[session] for session in sessions[-100:]) / 100
    assert wanted[sessions[0]] > 100 * least > 0
    assert len({family.address.rpartition(".")[0] for family in crowd}) > 3000


def test_right_decisions_are_replayed_and_what_is_left_is_told():
    wanted = {
        "all": wants(3, a=False, b=False),
        "waits": wants(2, a=True, b=False),
        "refused": wants(2, a=False, b=False),
    }
    batch = [
        decided("refused", 409),
        decided("all", 201, a="confirmed", b="confirmed"),
        decided("waits", 201, a="waitlisted", b="confirmed"),
    ]
    left, waiting = check_batch({A: 4, B: 9}, batch, wanted)
    assert (left, waiting) == ({A: 1, B: 4}, 1)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (decided("one", 201, a="confirmed"), "one was admitted where nothing was left"),
        (decided("two", 201, b="waitlisted"), "two waits where he would have fitted"),
        (decided("two", 409), "two was refused and would have fitted"),
        (decided("three", 201, b="waitlisted"), "three waits where he would have fitted"),
    ],
)
def test_a_wrong_decision_is_found(row, sentence):
    wanted = {"one": wants(5, a=False), "two": wants(2, b=True), "three": wants(9, b=False)}
    with pytest.raises(WrongResult, match=sentence):
        check_batch({A: 4, B: 4}, [row], wanted)


def test_the_form_is_filled_in_as_the_family_would():
    family = Family(7, 0.0, "80.0.7.1", 2, 1, (Wish(A, True), Wish(B, False)), True)
    page = f"""<form class="search"><input name="q" value="x"></form>
      <form class="register-form stack" method="post">
      <input type="hidden" name="key" value="abc"><input name="homepage" value="">
      <input name="email" value=""><input name="name" value=""><input name="adults" value="1">
      <input type="checkbox" name="sign_language" value="1">
      <input type="checkbox" name="s{A.hex}-age" value="1">
      <input type="checkbox" name="s{A.hex}-if_full" value="waitlist">
      <input type="checkbox" name="s{B.hex}-if_full" value="waitlist"></form>"""
    assert _filled(page, family) == {
        "key": "abc",
        "homepage": "",
        "email": "famille.7@example.org",
        "name": "Famille Durand-7",
        "adults": "2",
        "children": "1",
        f"s{A.hex}-age": "1",
        f"s{A.hex}-if_full": "waitlist",
    }
