"""`./parvis sign-in`: a way in for somebody of the staff, with the roles that are said."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import cli
from deploy.seed import opened
from services.scheduling.domain.accounts import find_account
from services.scheduling.domain.memberships import Rights, rights_of
from tests.services.scheduling.drafted_programme import DraftedProgramme


@pytest.fixture
def data(tmp_path: Path) -> str:
    assert CliRunner().invoke(cli, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    return str(tmp_path)


def sign_in(data: str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["sign-in", "lou@parvis.example", *options, "--data", data])


def roles_of(data: str) -> list[str]:
    with opened("scheduling", data) as context, context.database.read() as db:
        account = find_account(db, "lou@parvis.example")
        return list(account.roles) if account else []


def test_a_new_account_is_a_coordinators_unless_a_role_is_said(data: str) -> None:
    assert "/console/sign-in/" in sign_in(data).stdout
    assert roles_of(data) == ["coordinator"]


def test_the_link_leads_to_where_parvis_was_started_last(data: str) -> None:
    assert sign_in(data).stdout.startswith("http://127.0.0.1:8000/console/sign-in/")
    (Path(data) / "address").write_text("http://127.0.0.1:8123\n")
    assert sign_in(data).stdout.startswith("http://127.0.0.1:8123/console/sign-in/")


def test_roles_that_are_said_are_gained_and_kept(data: str) -> None:
    assert sign_in(data, "--role", "organiser").exit_code == 0
    assert sign_in(data).exit_code == 0
    assert roles_of(data) == ["organiser"]
    assert sign_in(data, "--role", "reader").exit_code == 0
    assert roles_of(data) == ["organiser", "reader"]


def rights(data: str) -> Rights:
    with opened("scheduling", data) as context, context.database.read() as db:
        account = find_account(db, "lou@parvis.example")
        assert account is not None
        return rights_of(db, account)


def test_an_organiser_acts_for_the_organisation_that_is_named(data: str) -> None:
    with opened("scheduling", data) as context, context.database.write() as db:
        programme = DraftedProgramme(db)
    organiser = ("--role", "organiser", "--organisation", "museum de grenoble")

    assert sign_in(data, *organiser, "--sees-names").exit_code == 0
    assert sign_in(data, "--role", "venue", "--venue", "Muséum").exit_code == 0

    museum, venue = programme.organisation.id, programme.venue.id
    assert rights(data) == Rights(("organiser", "venue"), (museum,), (venue,), sees_names=True)


def test_an_organisation_that_is_not_there_is_refused_and_makes_no_account(data: str) -> None:
    refused = sign_in(data, "--role", "organiser", "--organisation", "Le Muséum de Lune")

    assert refused.exit_code == 1
    assert "No organisation is called 'Le Muséum de Lune'" in refused.stderr
    assert roles_of(data) == []


def test_a_disabled_account_gets_no_link(data: str) -> None:
    sign_in(data)
    with opened("scheduling", data) as context, context.database.write() as db:
        account = find_account(db, "lou@parvis.example")
        assert account is not None
        account.disabled_at = context.clock()

    refused = sign_in(data)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is disabled" in refused.stderr


def test_an_unknown_role_is_refused_with_those_there_are(data: str) -> None:
    refused = sign_in(data, "--role", "king")
    assert refused.exit_code == 2
    assert "coordinator, organiser" in refused.stderr
    assert roles_of(data) == []
