"""Accounts: invited, given roles, let in no longer; nobody locks themselves or everybody out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain import staffing, tokens
from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.organisations import (
    create_organisation,
    delete_organisation,
)
from services.scheduling.domain.editing.presenters import create_presenter
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.venues import create_venue, delete_venue
from services.scheduling.domain.feed_tokens import feeds_made, issue_feed
from services.scheduling.domain.memberships import Rights, rights_of
from services.scheduling.domain.sign_in import create_link, request_sign_in, sign_in_by_link
from services.scheduling.domain.staffing import By, Refused, Standing
from services.scheduling.models import Account, FeedToken, HistoryEntry, SignIn, Venue
from shared.api_tokens import hash_api_token
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme

PAGE = "https://parvis.example/console/sign-in"
LATER = NOW + timedelta(hours=1)
ORGANISER = frozenset({"organiser"})


@pytest.fixture
def nour(context: ServiceContext) -> UUID:
    """Return a coordinator."""
    with context.database.write() as db:
        return ensure_account(db, "nour@parvis.example", "Nour", ["coordinator"], NOW).id


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        return DraftedProgramme(db)


def invited(context: ServiceContext, by: UUID | None, standing: Standing) -> Account:
    """Invite Inès, and return her account."""
    with context.database.write() as db:
        values = {"name": "Inès Ravel", "email": "Ines@Museum.example"}
        return staffing.invite(db, values, standing, By(by, NOW), page=PAGE)


def events(context: ServiceContext, name: str) -> list[dict[str, Any]]:
    with context.database.read() as db:
        table = OUTBOX.c
        found = sa.select(table.data).where(table.type == f"scheduling.{name}")
        return list(db.scalars(found.order_by(table.row)))


def told(context: ServiceContext, account_id: UUID) -> list[tuple[str, Any, Any, Any]]:
    with context.database.read() as db:
        found = sa.select(HistoryEntry).where(HistoryEntry.row_id == account_id)
        return [
            (entry.action, entry.before, entry.after, entry.account_id)
            for entry in db.scalars(found.order_by(HistoryEntry.id))
        ]


def rights(context: ServiceContext, account_id: UUID) -> Rights:
    with context.database.read() as db:
        return rights_of(db, db.get_one(Account, account_id))


def signed_in(context: ServiceContext, account_id: UUID) -> UUID:
    """Sign somebody in, and return the id of the sign-in."""
    with context.database.write() as db:
        token, _code = create_link(db, db.get_one(Account, account_id), NOW)
        started = sign_in_by_link(db, token, NOW)
        assert started is not None
        return started.sign_in.id


def test_who_is_invited_is_told_by_whom_and_to_what(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    museum = programme.organisation.id
    account = invited(context, nour, Standing(ORGANISER, frozenset({museum})))

    assert events(context, "account_invited") == [
        {
            "account_id": str(account.id),
            "recipient": {"email": "ines@museum.example", "name": "Inès Ravel", "locale": "fr"},
            "inviter": "Nour",
            "inviter_email": "nour@parvis.example",
            "roles": ["organiser"],
            "organisations": ["Muséum de Grenoble"],
            "venues": [],
            "link": PAGE,
        }
    ]
    assert rights(context, account.id) == Rights(("organiser",), (museum,), (), False)
    given = {"roles": ["organiser"], "organisation_ids": [str(museum)]}
    assert told(context, account.id) == [("invited", {}, given, nour)]


def test_an_invitation_takes_nothing_from_who_has_an_account(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    venue = programme.venue.id
    first = invited(context, nour, Standing(frozenset({"venue"}), venues=frozenset({venue})))
    museum = programme.organisation.id
    again = invited(context, None, Standing(ORGANISER, frozenset({museum})))

    assert again.id == first.id
    assert rights(context, first.id) == Rights(("organiser", "venue"), (museum,), (venue,), False)


@pytest.mark.parametrize(
    ("standing", "field"),
    [
        (Standing(frozenset()), "roles"),
        (Standing(frozenset({"king"})), "roles"),
        (Standing(ORGANISER), "organisations"),
        (Standing(ORGANISER, frozenset({new_id()})), "organisations"),
        (Standing(frozenset({"venue"})), "venues"),
    ],
    ids=["no role", "no such role", "of nothing", "of nothing that is there", "of no venue"],
)
def test_a_role_needs_whom_it_is_for(
    context: ServiceContext, nour: UUID, standing: Standing, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        invited(context, nour, standing)

    assert list(refusal.value.faults) == [field]
    assert events(context, "account_invited") == []
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_who_loses_something_is_signed_out_everywhere_and_their_tokens_follow(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    account = invited(context, nour, Standing(frozenset({"coordinator"}), sees_names=True))
    sign_in_id = signed_in(context, account.id)
    with context.database.write() as db:
        scopes = ("programme:write", "releases:write")
        named = {"token_id": new_id(), "account_id": account.id, "name": "Agenda"}
        made = tokens.issue(db, **named, scopes=scopes, days=None, now=NOW)  # type: ignore[arg-type]
    assert made is not None
    museum = programme.organisation.id

    with context.database.write() as db:
        standing = Standing(ORGANISER, frozenset({museum}))
        staffing.change_standing(db, account.id, standing, By(nour, LATER))

    assert [event["sign_in_id"] for event in events(context, "sign_in_revoked")] == [
        str(sign_in_id)
    ]
    first, second = events(context, "api_token_issued")
    assert (first["roles"], first["sees_names"]) == (["coordinator"], True)
    assert (second["roles"], second["organisation_ids"], second["sees_names"]) == (
        ["organiser"],
        [str(museum)],
        False,
    )
    assert second["scopes"] == ["programme:write"]
    found = tokens.recognise(context.database, hash_api_token(made.value), now=LATER)
    assert found is not None
    assert (found.roles, found.scopes, found.organisation_ids) == (
        ("organiser",),
        ("programme:write",),
        (museum,),
    )
    _invited, changed = told(context, account.id)
    assert changed == (
        "changed",
        {"roles": ["coordinator"], "organisation_ids": [], "sees_names": True},
        {"roles": ["organiser"], "organisation_ids": [str(museum)], "sees_names": False},
        nour,
    )


def test_who_gains_something_stays_signed_in(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    account = invited(context, nour, Standing(frozenset({"reader"})))
    signed_in(context, account.id)
    with context.database.write() as db:
        wanted = Standing(ORGANISER | {"reader"}, frozenset({programme.organisation.id}))
        staffing.change_standing(db, account.id, wanted, By(nour, LATER))

    assert events(context, "sign_in_revoked") == []


def test_a_disabled_account_gets_in_by_nothing(context: ServiceContext, nour: UUID) -> None:
    account = invited(context, nour, Standing(frozenset({"coordinator"})))
    sign_in_id = signed_in(context, account.id)
    with context.database.write() as db:
        token, _code = create_link(db, db.get_one(Account, account.id), NOW)
        named = {"token_id": new_id(), "account_id": account.id, "name": "Agenda"}
        made = tokens.issue(db, **named, scopes=["mails:read"], days=None, now=NOW)  # type: ignore[arg-type]
    assert made is not None

    with context.database.write() as db:
        staffing.disable(db, account.id, By(nour, LATER))

    with context.database.write() as db:
        assert db.get_one(SignIn, sign_in_id).revoked_at == LATER
        assert sign_in_by_link(db, token, NOW) is None
        assert not request_sign_in(db, account.email, LATER, page=PAGE)
    assert tokens.recognise(context.database, hash_api_token(made.value), now=LATER) is None
    assert [event["id"] for event in events(context, "api_token_revoked")] == [str(made.token.id)]
    assert told(context, account.id)[-1] == ("disabled", {}, {}, nour)


def test_nobody_locks_themselves_or_everybody_out(context: ServiceContext, nour: UUID) -> None:
    other = invited(context, nour, Standing(frozenset({"coordinator"})))
    reader = Standing(frozenset({"reader"}))

    def tried(account_id: UUID, by: UUID | None, *, disable: bool = False) -> bool:
        try:
            with context.database.write() as db:
                if disable:
                    staffing.disable(db, account_id, By(by, LATER))
                else:
                    staffing.change_standing(db, account_id, reader, By(by, LATER))
        except Refused:
            return False
        return True

    assert [tried(nour, nour), tried(nour, nour, disable=True)] == [False, False]
    assert tried(other.id, nour)
    assert [tried(nour, None), tried(nour, None, disable=True)] == [False, False]
    assert rights(context, nour).roles == ("coordinator",)


def test_nobody_grants_themselves_names(context: ServiceContext, nour: UUID) -> None:
    seeing = Standing(frozenset({"coordinator"}), sees_names=True)
    with pytest.raises(Refused) as refusal, context.database.write() as db:
        staffing.change_standing(db, nour, seeing, By(nour, LATER))
    assert refusal.value.field == "sees_names"
    other = invited(context, nour, Standing(frozenset({"coordinator"})))
    with context.database.write() as db:
        staffing.change_standing(db, nour, seeing, By(other.id, LATER))

    assert rights(context, nour).sees_names


def test_what_is_deleted_has_no_members_any_more(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    by: dict[str, Any] = {"account_id": nour, "now": NOW}
    with context.database.write() as db:
        club = create_organisation(db, {"name": "Un club"}, **by).id
        shed = create_venue(db, {"name": "Une remise"}, **by).id
    roles = ORGANISER | {"venue"}
    account = invited(context, nour, Standing(roles, frozenset({club}), frozenset({shed})))

    with context.database.write() as db:
        delete_organisation(db, club, 1)
        delete_venue(db, shed, 1)

    assert rights(context, account.id) == Rights(("organiser", "venue"), (), (), False)


def test_who_leaves_an_organisation_keeps_the_account(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    museum = programme.organisation.id
    account = invited(context, nour, Standing(ORGANISER, frozenset({museum})))
    with context.database.write() as db:
        staffing.leave_organisation(db, account.id, museum, By(nour, LATER))

    assert rights(context, account.id) == Rights(("organiser",), (), (), False)


@pytest.mark.parametrize("way", ["invite", "change"])
@pytest.mark.parametrize(
    ("gained", "field"), [("names", "sees_names"), ("organiser", "roles"), ("venue", "roles")]
)
def test_nobody_gives_themselves_what_shows_names(
    context: ServiceContext,
    programme: DraftedProgramme,
    nour: UUID,
    way: str,
    gained: str,
    field: str,
) -> None:
    museum, venue = programme.organisation.id, programme.venue.id
    wanted = Standing(
        frozenset({"coordinator", gained} - {"names"}),
        frozenset({museum} if gained == "organiser" else ()),
        frozenset({venue} if gained == "venue" else ()),
        gained == "names",
    )
    with pytest.raises(Refused) as refusal, context.database.write() as db:
        if way == "invite":
            values = {"name": "Nour", "email": "Nour@Parvis.example"}
            staffing.invite(db, values, wanted, By(nour, LATER), page=PAGE)
        else:
            staffing.change_standing(db, nour, wanted, By(nour, LATER))

    assert refusal.value.field == field
    assert rights(context, nour) == Rights(("coordinator",), (), (), False)
    assert events(context, "account_invited") == []


def test_who_acts_for_one_organisation_does_not_take_another(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID
) -> None:
    museum, venue = programme.organisation.id, programme.venue.id
    with context.database.write() as db:
        club = create_organisation(db, {"name": "Un club"}, account_id=None, now=NOW).id
    roles = frozenset({"coordinator", "organiser", "venue"})
    held = Standing(roles, frozenset({museum}), frozenset({venue}))
    ines = invited(context, nour, held).id
    with pytest.raises(Refused) as refusal, context.database.write() as db:
        more = Standing(roles, frozenset({museum, club}), frozenset({venue}))
        staffing.change_standing(db, ines, more, By(ines, LATER))
    with context.database.write() as db:
        staffing.change_standing(db, ines, held, By(ines, LATER))

    assert refusal.value.field == "organisations"
    assert rights(context, ines).organisation_ids == (museum,)


def feeds_left(context: ServiceContext, account_id: UUID) -> list[str]:
    with context.database.read() as db:
        return sorted(feed.name for feed in feeds_made(db, account_id))


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("disable", []),
        ("leave", ["library"]),
        ("lose the venue", ["museum", "presenter", "venue of the museum"]),
        ("lose the organisation", ["library"]),
        ("coordinate", ["library", "museum", "presenter", "venue of the museum"]),
    ],
)
def test_private_calendars_end_with_what_their_maker_acts_for(
    context: ServiceContext, programme: DraftedProgramme, nour: UUID, step: str, left: list[str]
) -> None:
    by: dict[str, Any] = {"account_id": nour, "now": NOW}
    museum, venue = programme.organisation.id, programme.venue.id
    with context.database.write() as db:
        db.get_one(Venue, venue).organisation_id = museum
        library = create_venue(db, {"name": "Bibliothèque"}, **by).id
        values = {"name": "Ada Martin", "organisation_id": museum}
        ada = create_presenter(db, values, **by).id
    roles = ORGANISER | {"venue"}
    ines = invited(context, nour, Standing(roles, frozenset({museum}), frozenset({library}))).id
    owned = {
        "museum": ("organisation_id", museum),
        "venue of the museum": ("venue_id", venue),
        "library": ("venue_id", library),
        "presenter": ("presenter_id", ada),
    }
    with context.database.write() as db:
        for maker in (ines, nour):
            for name, (owner, row_id) in owned.items():
                told: dict[str, Any] = {"owner": owner, "row_id": row_id, "name": name, "now": NOW}
                issue_feed(db, token_id=new_id(), account_id=maker, **told)
    changed = {
        "lose the venue": Standing(ORGANISER, frozenset({museum})),
        "lose the organisation": Standing(frozenset({"venue"}), venues=frozenset({library})),
        "coordinate": Standing(frozenset({"coordinator"})),
    }
    with context.database.write() as db:
        if step == "disable":
            staffing.disable(db, ines, By(nour, LATER))
        elif step == "leave":
            staffing.leave_organisation(db, ines, museum, By(nour, LATER))
        else:
            staffing.change_standing(db, ines, changed[step], By(nour, LATER))

    assert feeds_left(context, ines) == left
    assert feeds_left(context, nour) == sorted(owned)
    with context.database.read() as db:
        ended = sa.select(FeedToken.revoked_at).where(FeedToken.revoked_at.is_not(None))
        assert set(db.scalars(ended)) <= {LATER}
