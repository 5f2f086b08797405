"""`./parvis token`: a program's way in, made where there is no browser at hand."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import cli
from deploy.seed import opened
from services.scheduling.domain.accounts import ensure_account, find_account
from services.scheduling.domain.tokens import listed_tokens, recognise
from shared.api_tokens import hash_api_token
from shared.clock import system_clock


@pytest.fixture
def data(tmp_path: Path) -> str:
    assert CliRunner().invoke(cli, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    return str(tmp_path)


def test_a_token_is_printed_and_known_from_then_on(data: str) -> None:
    scopes = ["--scope", "mails:read", "--scope", "programme:read"]
    asked = ["token", "ada@parvis.example", "Agenda", *scopes, "--days", "30", "--data", data]
    printed = CliRunner().invoke(cli, asked)
    assert printed.exit_code == 0, printed.output
    value = printed.stdout.strip()
    with opened("scheduling", data) as context:
        now = system_clock()
        found = recognise(context.database, hash_api_token(value), now=now)
        with context.database.read() as db:
            listed = [(token.name, token.account.email) for token in listed_tokens(db, now)]
    assert found is not None
    assert found.scopes == ("programme:read", "mails:read")
    assert found.expires_at is not None
    assert (found.expires_at - now).days in (29, 30)
    assert listed == [("Agenda", "ada@parvis.example")]


def test_an_unknown_scope_is_refused_with_those_there_are(data: str) -> None:
    asked = ["token", "ada@parvis.example", "Agenda", "--scope", "root", "--data", data]
    printed = CliRunner().invoke(cli, asked)
    assert printed.exit_code == 2
    assert "programme:read" in printed.stderr


def test_a_token_gives_nobody_another_role(data: str) -> None:
    with opened("scheduling", data) as context, context.database.write() as db:
        ensure_account(db, "lea@parvis.example", "Léa", ["reader"], system_clock())
    asked = ["token", "lea@parvis.example", "Agenda", "--scope", "programme:read", "--data", data]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    with opened("scheduling", data) as context, context.database.read() as db:
        found = find_account(db, "lea@parvis.example")
        assert found is not None
        assert found.roles == ["reader"]


@pytest.mark.parametrize(
    "asked",
    [["token", "Agenda", "ada@parvis.example", "--scope", "mails:read"], ["sign-in", "Agenda"]],
)
def test_what_is_no_address_makes_no_account(data: str, asked: list[str]) -> None:
    refused = CliRunner().invoke(cli, [*asked, "--data", data])
    assert refused.exit_code == 2
    assert "Agenda" in refused.stderr
    with opened("scheduling", data) as context, context.database.read() as db:
        assert find_account(db, "Agenda") is None
