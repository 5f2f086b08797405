"""The pages of accounts: coordinators let people in, and an organisation its colleagues."""

from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.feed_tokens import issue_feed
from services.scheduling.domain.memberships import rights_of
from services.scheduling.models import Account
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.drafted_programme import DraftedProgramme


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        return DraftedProgramme(db)


def account_of(context: ServiceContext, email: str) -> Account:
    with context.database.read() as db:
        return db.scalars(sa.select(Account).where(Account.email == email)).one()


def invitations(context: ServiceContext) -> list[str]:
    with context.database.read() as db:
        found = sa.select(OUTBOX.c.data).where(OUTBOX.c.type == "scheduling.account_invited")
        return [data["recipient"]["email"] for data in db.scalars(found)]


def test_a_coordinator_invites_changes_and_disables(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    ada = Staff(context, "coordinator")
    museum = str(programme.organisation.id)
    form = ada.form_of("/console/accounts/new")
    page = ada.follow(
        ada.send(
            "/console/accounts/new",
            form,
            name="Inès Ravel",
            email="ines@museum.example",
            roles=["organiser"],
            **{"organisations-0-id": museum},
        )
    )
    assert "L’invitation part à ines@museum.example" in page
    assert "Muséum de Grenoble" in page
    assert invitations(context) == ["ines@museum.example"]

    ines = account_of(context, "ines@museum.example")
    path = f"/console/accounts/{ines.id}"
    ada.send(path, name="Inès Ravel-Blanc", roles=["reader"], sees_names="1")
    with context.database.read() as db:
        changed = db.get_one(Account, ines.id)
        assert (changed.name, changed.roles, changed.sees_names) == (
            "Inès Ravel-Blanc",
            ["reader"],
            True,
        )
        assert rights_of(db, changed).organisation_ids == ()

    assert "n’entre plus" in ada.follow(ada.send(f"{path}/disable"))
    assert "Désactivé" in ada.get("/console/accounts?q=ravel").text


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(context: ServiceContext) -> None:
    ada = Staff(context, "coordinator")
    form = ada.form_of("/console/accounts/new")
    answer = ada.send(
        "/console/accounts/new", form, name="", email="pas une adresse", roles=["organiser"]
    )

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="email-error"' in answer.text
    assert invitations(context) == []


def test_the_last_coordinator_is_told_why_they_stay(context: ServiceContext) -> None:
    ada = Staff(context, "coordinator")
    path = f"/console/accounts/{ada.account_id}"
    answer = ada.send(path, roles=["reader"])

    assert answer.status_code == 422
    assert "Vous ne pouvez pas vous retirer la coordination" in unescape(answer.text)
    assert account_of(context, "ada.martin@parvis.example").roles == ["coordinator"]


def test_a_coordinator_is_told_who_grants_them_names(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    ada = Staff(context, "coordinator", organisations=(), venues=())
    mine = {"name": "Ada Martin", "email": "ada.martin@parvis.example"}
    members = f"/console/organisations/{programme.organisation.id}/members"
    answers = [
        ada.send("/console/accounts/new", **mine, roles=["coordinator"], sees_names="1"),
        ada.send(members, ada.form_of(members), **mine),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    words = "Ce droit, une autre personne à la coordination vous le donne."
    assert [words in unescape(answer.text) for answer in answers] == [True, True]
    assert invitations(context) == []


def test_disabling_says_what_ends_with_the_account(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    ada = Staff(context, "coordinator")
    with context.database.write() as db:
        ines = ensure_account(db, "ines@museum.example", "Inès Ravel", ["coordinator"], NOW).id
        feed: dict[str, Any] = {"owner": "venue_id", "row_id": programme.venue.id, "now": NOW}
        issue_feed(db, token_id=new_id(), name="Le gardien", account_id=ines, **feed)
    page = unescape(ada.get(f"/console/accounts/{ines}/disable").text)

    assert "L’agenda interne qu’elle a fait est révoqué aussi" in page
    other = unescape(ada.get(f"/console/accounts/{ada.account_id}/disable").text)
    assert "agenda" not in other.partition("<main")[2]


def test_organisers_invite_colleagues_to_their_own_organisation_alone(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    app = create_app(context)
    museum = programme.organisation.id
    lou = Staff(context, "organiser", name="Lou Petit", app=app, organisations=[museum])
    stranger = Staff(context, "organiser", name="Max Noir", app=app, organisations=[])
    path = f"/console/organisations/{museum}/members"

    form = lou.form_of(path)
    page = lou.follow(lou.send(path, form, name="Inès Ravel", email="ines@museum.example"))
    assert "Inès Ravel" in page
    assert [one.get(path).status_code for one in (lou, stranger)] == [200, 403]
    assert stranger.client.post(path, data={**stranger_token(stranger)}).status_code == 403
    assert lou.get("/console/accounts").status_code == 403

    ines = account_of(context, "ines@museum.example")
    removed = lou.send(f"{path}/{ines.id}/remove", lou.form_of(path))
    assert "Inès Ravel" not in lou.follow(removed).partition("<table")[2]


def stranger_token(staff: Staff) -> dict[str, str]:
    """Return the token that forms carry, from a page that is open to anybody of the staff."""
    return {"csrf_token": staff.form_of("/console")["csrf_token"]}
