"""`./parvis ticket-keys`: the keys of the tickets, listed, followed by another, revoked."""

from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from deploy import ticket_keys
from deploy.cli import cli
from deploy.seed import opened
from services.registration.domain.key_ring import KeyRing
from services.registration.domain.tickets import key_named
from services.registration.models import Registration
from tests.services.registration.factories import (
    moved,
    publish,
    register,
    request,
    wanted,
)

LONG_FROM_NOW = moved(days=365 * 50)


@pytest.fixture
def data(tmp_path: Path) -> str:
    asked = ["migrate", "registration", "--data", str(tmp_path)]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    return str(tmp_path)


def run(data: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["ticket-keys", *words, "--data", data], terminal_width=200)


def rows(data: str) -> list[list[str]]:
    """Return generation, first word of the state and number of tickets of each row listed."""
    listed = [line.split() for line in run(data, "list").stdout.splitlines() if " UTC" in line]
    return [[one[1], one[9], one[-2]] for one in listed]


def test_keys_are_listed_rotated_and_revoked(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    pauses: list[float] = []
    monkeypatch.setattr("deploy.ticket_keys.time.sleep", pauses.append)
    assert run(data, "list").stdout.strip() == "No ticket was signed yet."
    with opened("registration", data) as context:
        ring = KeyRing(context.database, context.settings.secret_key, context.clock)
        registration = request(wanted(publish(context, **LONG_FROM_NOW)))
        ticket = ring.sign(registration.id)
        [answer] = register(context, request(*registration.bookings, ticket=ticket))
    assert rows(data) == [["1", "signs", "1"]]

    rotated = run(data, "rotate")
    assert rotated.stdout.startswith("Generation 2 signs new tickets")
    assert rows(data) == [["1", "verifies", "1"], ["2", "signs", "0"]]

    revoked = run(data, "revoke", "1")
    assert revoked.exit_code == 0, revoked.output
    assert "Renewed tickets: 1;" in revoked.stdout
    assert rows(data) == [["1", "revoked", "0"], ["2", "signs", "1"]]
    assert pauses == [ticket_keys.SETTLED]
    with opened("registration", data) as context, context.database.read() as db:
        stored = db.get_one(Registration, UUID(answer.body["id"]))
        assert key_named(stored.ticket) != key_named(ticket)


def test_an_unknown_generation_is_refused_in_a_sentence(data: str) -> None:
    done = run(data, "revoke", "9")
    assert (done.exit_code, done.stderr) == (1, "Error: There is no generation 9.\n")
