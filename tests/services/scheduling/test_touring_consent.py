"""A stop is a session only of an activity of whoever chose it, at a place that agreed to it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.touring.parties import parties_in, person_acting
from services.scheduling.domain.touring.stops import (
    NotPossible,
    request_stop,
    save_stop,
    take_step,
)
from services.scheduling.models import Activity, Session, Stop, Venue
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import BY, Touring

NOT_YOURS = {"activity_id": "Cette animation n’est pas à vous\u00a0: choisissez-en une autre."}
NOT_ACCEPTED = {
    "venue_id": "Ce lieu n’a pas accepté l’exposition\u00a0: annulez l’étape et demandez-en une"
    " là-bas."
}


class People:
    """A lender, the keeper of a library that it does not run, and activities of both houses."""

    def __init__(self, db: DbSession) -> None:
        self.db = db
        self.touring = Touring(db)
        programme = self.touring.programme
        other = create_organisation(db, {"name": "Bibliothèque"}, **BY)
        self.house: Venue = programme.add_venue("Bibliothèque")
        self.museum: Venue = programme.add_venue("Annexe", organisation_id=self.lends)
        self.ours: Activity = programme.add_activity("Glaciers d’ici")
        self.theirs: Activity = programme.add_activity("À eux", organisation_id=other.id)
        self.lender = self.account("organiser", [self.lends], [])
        self.keeper = self.account("venue", [], [self.house.id])
        self.coordinator = self.account("coordinator", [], [])

    @property
    def lends(self) -> UUID:
        return self.touring.programme.organisation.id

    def account(self, role: str, organisations: list[UUID], venues: list[UUID]) -> UUID:
        account = ensure_account(self.db, f"{role}@parvis.example", role, [role], NOW)
        set_memberships(self.db, account.id, organisations, venues)
        return account.id

    def ask(self, account_id: UUID, venue: Venue, activity: Activity | None = None) -> Stop:
        times = {"opens_at": OPENING, "closes_at": OPENING.replace(day=OPENING.day + 5)}
        where = {"tour_id": self.touring.tour.id, "venue_id": venue.id}
        wanted = {**times, **where, "activity_id": activity.id if activity else None}
        return request_stop(self.db, wanted, account_id=account_id, now=NOW)

    def save(self, account_id: UUID, stop: Stop, **values: Any) -> Stop:
        with self.db.begin_nested():
            return save_stop(self.db, stop.id, None, values, account_id=account_id, now=NOW)

    def step(self, account_id: UUID, stop: Stop, name: str) -> Stop:
        parties = parties_in(stop, person_acting(self.db, account_id))
        by: dict[str, Any] = {"account_id": account_id, "now": NOW}
        return take_step(self.db, stop.id, None, name, parties, **by)


def refused(call: Any, *arguments: Any, **values: Any) -> dict[str, str]:
    """Do what should be refused and return the sentences by field."""
    with pytest.raises(Invalid) as caught:
        call(*arguments, **values)
    return {name: str(sentence) for name, sentence in caught.value.faults.items()}


def test_nobody_chooses_somebody_elses_activity(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        assert refused(people.ask, people.lender, people.house, people.theirs) == NOT_YOURS
        assert refused(people.ask, people.keeper, people.house, people.ours) == NOT_YOURS
        stop = people.ask(people.lender, people.house, people.ours)
        told = refused(people.save, people.lender, stop, activity_id=people.theirs.id)
        assert told == NOT_YOURS
        people.save(people.coordinator, stop, activity_id=people.theirs.id)
        people.save(people.lender, stop, transport_minutes=5, activity_id=people.theirs.id)
        assert (stop.activity_id, stop.transport_minutes) == (people.theirs.id, 5)


def test_a_lender_sends_nothing_to_who_has_not_accepted_it(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        stop = people.ask(people.lender, people.house, people.ours)
        assert not stop.place_agrees
        for name in ("confirm", "accept"):
            with pytest.raises(NotPossible):
                people.step(people.lender, stop, name)
        people.step(people.keeper, stop, "accept")
        assert (stop.state, stop.place_agrees, stop.session_id) == ("requested", True, None)
        with pytest.raises(NotPossible):
            people.step(people.keeper, stop, "confirm")
        people.step(people.lender, stop, "confirm")
        assert db.get_one(Session, stop.session_id).venue_id == people.house.id


def test_the_place_and_the_coordination_agree_by_asking(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        asked = [
            people.ask(people.keeper, people.house),
            people.ask(people.coordinator, people.house),
            people.ask(people.lender, people.museum),
        ]
        assert [stop.place_agrees for stop in asked] == [True, True, True]
        assert people.step(people.lender, asked[0], "confirm").state == "confirmed"


def test_a_place_agrees_for_itself_alone(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        stop = people.ask(people.keeper, people.house, None)
        elsewhere = people.touring.programme.add_venue("Ailleurs")
        people.save(people.lender, stop, venue_id=elsewhere.id)
        assert not stop.place_agrees
        people.save(people.coordinator, stop, venue_id=people.house.id)
        people.step(people.lender, stop, "confirm")
        assert refused(people.save, people.lender, stop, venue_id=elsewhere.id) == NOT_ACCEPTED
        assert stop.venue_id == people.house.id
        people.save(people.lender, stop, venue_id=people.museum.id)
        assert (stop.venue_id, stop.place_agrees) == (people.museum.id, True)


def test_who_cancelled_is_asked_again(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        stop = people.ask(people.lender, people.house)
        people.step(people.keeper, stop, "accept")
        people.step(people.keeper, stop, "cancel")
        people.step(people.lender, stop, "request")  # as who asked for it
        assert (stop.state, stop.place_agrees) == ("requested", False)


def test_the_pages_offer_own_activities_and_the_places_step(context: ServiceContext) -> None:
    with context.database.write() as db:
        people = People(db)
        stop = people.ask(people.lender, people.house, people.ours)
    app = create_app(context)
    nothing: dict[str, Any] = {"organisations": (), "venues": ()}
    lender = Staff(
        context,
        "organiser",
        name="Luce Prêt",
        app=app,
        **{**nothing, "organisations": [people.lends]},
    )
    keeper = Staff(
        context, "venue", name="Gil Gardien", app=app, **{**nothing, "venues": [people.house.id]}
    )
    path = f"/console/tours/{people.touring.tour.id}/stops/{stop.id}"
    offered = lender.get(f"{path}/edit").text
    assert (str(people.ours.id) in offered, str(people.theirs.id) in offered) == (True, False)
    new = lender.form_of(f"{path[: path.rindex('/')]}/new")
    times = {"opens_on": "2026-10-03", "opens": "10:00", "closes_on": "2026-10-11", "closes": "18h"}
    wanted = {**times, "venue_id": str(people.house.id), "activity_id": str(people.theirs.id)}
    tried = lender.send(f"{path[: path.rindex('/')]}/new", new, **wanted)
    assert tried.status_code == 422
    assert NOT_YOURS["activity_id"] in tried.text
    page = lender.get(path).text
    assert "Le lieu n’a pas encore accepté" in page
    assert "Confirmer l’étape" not in page
    confirm = f"{path}/steps/confirm"
    assert lender.client.post(confirm, data=fields_of(page)).status_code == 422
    shown = keeper.get(path).text
    assert "Accepter pour le lieu" in shown
    accepted = keeper.client.post(f"{path}/steps/accept", data=fields_of(shown))
    assert "Le lieu accepte l’étape" in keeper.follow(accepted)
    sent = fields_of(lender.get(path).text)
    assert "L’étape est confirmée." in lender.follow(lender.client.post(confirm, data=sent))
    assert only(context, Session).venue_id == people.house.id
