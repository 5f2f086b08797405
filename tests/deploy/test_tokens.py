"""`./parvis token`: a program's way in, made where there is no browser at hand."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli import cli
from deploy.seed import opened
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
