"""What forgers make is no ticket that they have seen, and what is accepted ends the run."""

import base64
import random
from uuid import UUID

import pytest

from benchmarks import forged_tickets
from benchmarks.figure import WrongResult
from benchmarks.forged_tickets import FORGERS
from services.registration.domain.tickets import TicketSigner

SIGNERS = [TicketSigner("x" * 40, generation) for generation in (1, 2)]
SEEN = [
    base64.urlsafe_b64decode(SIGNERS[number % 2].sign(UUID(int=number))[3:]) for number in range(8)
]


@pytest.mark.parametrize("name", FORGERS)
def test_a_forger_changes_what_was_seen(name):
    chance = random.Random(1)  # noqa: S311 - to be repeated
    forged = [FORGERS[name](chance, SEEN) for _ in range(200)]
    texts = {base64.urlsafe_b64encode(one).decode() for one in SEEN}
    same = [one for one in forged if one in SEEN or one in {f"P1.{text}" for text in texts}]
    assert len(same) <= (1 if name == "several bytes" else 0)
    assert {len(one) for one in forged if isinstance(one, bytes)} <= {84}


def test_a_run_counts_what_reached_the_signature():
    rate, counts = forged_tickets._forge(1, 2000)
    assert rate > 0
    assert counts.total() == 2000
    assert 1600 < counts["signature"] < 1900


def test_the_same_seed_forges_the_same():
    assert forged_tickets._forge(7, 300)[1] == forged_tickets._forge(7, 300)[1]


def test_one_that_is_accepted_ends_the_run(monkeypatch):
    monkeypatch.setattr(forged_tickets, "verify", lambda ticket, keys: UUID(int=0))
    with pytest.raises(WrongResult, match="admits"):
        forged_tickets._forge(1, 10)
