"""Travelling exhibitions: stops asked for, promised, refused; never more copies than there are."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.needs import need_resource
from services.scheduling.domain.editing.organisations import delete_organisation
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.resources import create_resource, delete_resource
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.editing.sessions import delete_session, save_session
from services.scheduling.domain.editing.venues import delete_venue
from services.scheduling.domain.releasing import release, revert_session
from services.scheduling.domain.touring.condition import photos_of, report_condition, reports_of
from services.scheduling.domain.touring.holds import Hold, beyond_copies
from services.scheduling.domain.touring.legs import legs_of
from services.scheduling.domain.touring.parties import Person, parties_in
from services.scheduling.domain.touring.room import sentence_of_rivals
from services.scheduling.domain.touring.states import may_edit_stop, standing_of, steps_for
from services.scheduling.domain.touring.stops import (
    NotPossible,
    save_stop,
    take_step,
)
from services.scheduling.domain.touring.tours import create_tour, delete_tour
from services.scheduling.models import PublishedSession, Session, Stop
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import BY, Touring

COORDINATION, LENDER, HOST, PLACE = ({name} for name in ("coordination", "lender", "host", "place"))


@pytest.fixture
def db(context: ServiceContext) -> Iterator[DbSession]:
    with context.database.write() as db:
        yield db


@pytest.fixture
def touring(db: DbSession) -> Touring:
    return Touring(db)


def faults(call: Any, *arguments: Any, **options: Any) -> dict[str, str]:
    """Do what should be refused and return the sentences by field."""
    with pytest.raises(Invalid) as caught:
        call(*arguments, **options)
    return {name: str(sentence) for name, sentence in caught.value.faults.items()}


def hold(start: int, end: int, copies: int = 1) -> Hold:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Hold("stop", new_id(), at + timedelta(days=start), at + timedelta(days=end), copies, "")


def test_copies_are_counted_at_each_moment_and_ends_do_not_touch() -> None:
    wanted = hold(10, 20)
    before, first, second, after = hold(0, 10), hold(8, 15), hold(14, 18), hold(20, 30)
    everything = [before, first, second, after, wanted]
    assert beyond_copies(wanted, everything, 1) == (first, second)
    assert beyond_copies(wanted, everything, 2) == (first, second)
    assert beyond_copies(wanted, everything, 3) == ()
    assert beyond_copies(wanted, [hold(11, 12), hold(13, 14)], 2) == ()


def test_what_is_taken_is_told_by_the_days_of_its_place() -> None:
    begins, ends = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 3, 12, tzinfo=UTC)
    here = Hold("stop", new_id(), begins, ends, 1, "Muséum")
    noumea = Hold("stop", new_id(), begins, ends, 1, "Tjibaou", time_zone="Pacific/Noumea")

    told = str(sentence_of_rivals([here, replace(noumea, starts_at=begins + timedelta(hours=2))]))
    assert told.replace("\u00a0", " ") == (
        "L’exposition n’est pas libre, transport compris : « Muséum » du 1er au 3 janvier 2026, "
        "« Tjibaou » du 2 au 3 janvier 2026."
    )


def test_what_takes_all_copies_leaves_none_from_the_first_moment() -> None:
    wanted, all_of_them = hold(10, 20), hold(5, 25, copies=3)
    assert beyond_copies(wanted, [all_of_them], 3) == (all_of_them,)
    assert beyond_copies(wanted, [], 1) == ()


@pytest.mark.parametrize(
    ("standing", "parties", "steps"),
    [
        ("requested", COORDINATION, ("confirm", "option", "refuse", "cancel")),
        ("requested", LENDER, ("confirm", "option", "refuse", "cancel")),
        ("requested", HOST, ("cancel",)),
        ("requested", set(), ()),
        ("expired", LENDER, ("confirm", "option", "refuse", "cancel")),
        ("confirmed", HOST, ("cancel",)),
        ("confirmed", LENDER, ("cancel",)),
        ("refused", HOST, ("request",)),
        ("refused", LENDER, ()),
        ("cancelled", COORDINATION, ("request",)),
    ],
)
def test_each_party_has_its_steps(standing: str, parties: set[str], steps: tuple[str, ...]) -> None:
    assert steps_for(standing, parties, place_agrees=True) == steps


@pytest.mark.parametrize(
    ("standing", "parties", "steps"),
    [
        ("requested", COORDINATION, ("confirm", "accept", "option", "refuse", "cancel")),
        ("requested", LENDER, ("option", "refuse", "cancel")),
        ("requested", LENDER | HOST, ("option", "refuse", "cancel")),
        ("optioned", LENDER | PLACE, ("confirm", "accept", "option", "refuse", "cancel")),
        ("expired", HOST | PLACE, ("accept", "cancel")),
        ("confirmed", HOST | PLACE, ("cancel",)),
        ("refused", HOST | PLACE, ("request",)),
    ],
)
def test_the_place_agrees_before_the_lender_confirms(
    standing: str, parties: set[str], steps: tuple[str, ...]
) -> None:
    assert steps_for(standing, parties, place_agrees=False) == steps


def test_the_host_changes_a_stop_only_until_the_lender_has_answered() -> None:
    standings = ("requested", "optioned", "expired", "confirmed", "refused", "cancelled")
    assert [name for name in standings if may_edit_stop(name, HOST)] == ["requested"]
    assert [name for name in standings if may_edit_stop(name, LENDER)] == list(standings)
    assert [name for name in standings if may_edit_stop(name, set())] == []


def test_a_request_takes_its_times_and_worth_from_the_exhibition(touring: Touring) -> None:
    stop = touring.request()
    told = (stop.arrives_at, stop.leaves_at, stop.transport_minutes, stop.insurance_value)
    closes_at = OPENING + timedelta(days=9, hours=8)
    assert told == (
        OPENING - timedelta(days=1),
        closes_at + timedelta(hours=8),
        240,
        12_000,
    )
    assert (stop.state, stop.session_id) == ("requested", None)


def test_times_out_of_order_are_refused_at_their_field(touring: Touring) -> None:
    late = OPENING + timedelta(days=20)
    for values, field in (
        ({"closes_at": OPENING}, "closes_at"),
        ({"arrives_at": OPENING + timedelta(hours=1)}, "arrives_at"),
        ({"leaves_at": OPENING + timedelta(hours=1)}, "leaves_at"),
        ({"leaves_at": late + timedelta(days=800)}, "leaves_at"),
        ({"copies": 2}, "copies"),
        ({"copies": 0}, "copies"),
        ({"venue_id": new_id()}, "venue_id"),
        ({"tour_id": new_id()}, "tour_id"),
    ):
        assert list(faults(touring.request, **values)) == [field], values


def test_only_an_exhibition_travels(db: DbSession, touring: Touring) -> None:
    kit = create_resource(db, {"kind": "kit", "name": "Microscopes"}, **BY)
    values = {"name": "2026", "resource_id": kit.id}
    assert list(faults(create_tour, db, values, **BY)) == ["resource_id"]


def test_several_ask_for_the_same_days_and_one_is_promised(touring: Touring) -> None:
    one = touring.request()
    other = touring.request(touring.programme.add_venue("Ailleurs"), start=3)
    touring.step(one, "option", LENDER, option_until=NOW.date() + timedelta(days=3))
    assert faults(touring.step, other, "confirm") == {
        "opens_at": "L’exposition n’est pas libre, transport compris\u00a0: "
        "«\u00a0Muséum\u00a0» du 1er au 12 octobre 2026."
    }


def test_the_road_home_counts_before_the_next_stop(touring: Touring) -> None:
    first = touring.step(touring.request(), "confirm")
    back_at = first.leaves_at + timedelta(minutes=240)
    venue = touring.programme.add_venue("Ailleurs")
    values: dict[str, Any] = {
        "closes_at": back_at + timedelta(days=9),
        "opens_at": back_at + timedelta(days=1),
    }
    too_early = {**values, "arrives_at": back_at - timedelta(minutes=1)}
    assert list(faults(touring.step, touring.request(venue, **too_early), "confirm")) == [
        "opens_at"
    ]
    in_time = touring.request(venue, **{**values, "arrives_at": back_at})
    assert touring.step(in_time, "confirm").state == "confirmed"


def test_two_copies_are_in_two_places_at_once(db: DbSession) -> None:
    touring = Touring(db, copies=2)
    for name in ("Un", "Deux"):
        touring.step(touring.request(touring.programme.add_venue(name)), "confirm")
    third = touring.request(touring.programme.add_venue("Trois"))
    assert list(faults(touring.step, third, "confirm")) == ["opens_at"]


def test_a_session_that_needs_the_exhibition_holds_it_too(db: DbSession, touring: Touring) -> None:
    activity = touring.programme.add_activity("Visite guidée")
    need_resource(db, activity.id, touring.resource.id, 1, **BY)
    touring.programme.add_session(activity, starts_at=OPENING + timedelta(days=2))
    assert list(faults(touring.step, touring.request(), "confirm")) == ["opens_at"]


def test_an_option_ends_by_itself_at_local_midnight(touring: Touring) -> None:
    stop = touring.request()
    touring.step(stop, "option", option_until=date(2026, 9, 28))
    midnight = datetime(2026, 9, 28, 22, 0, tzinfo=UTC)
    assert standing_of(stop, midnight - timedelta(seconds=1)) == "optioned"
    assert standing_of(stop, midnight) == "expired"
    other = touring.request(touring.programme.add_venue("Ailleurs"))
    with pytest.raises(Invalid):
        touring.step(other, "confirm", now=midnight - timedelta(seconds=1))
    assert touring.step(other, "confirm", now=midnight).state == "confirmed"
    with pytest.raises(Invalid):
        touring.step(stop, "confirm", now=midnight)


def test_an_option_ends_on_a_day_to_come_before_the_opening(touring: Touring) -> None:
    stop = touring.request()
    for until in (None, NOW.date() - timedelta(days=1), OPENING.date() + timedelta(days=1)):
        assert list(faults(touring.step, stop, "option", option_until=until)) == ["option_until"]


def test_a_step_is_refused_to_who_may_not_take_it_and_to_who_saw_another(
    db: DbSession, touring: Touring
) -> None:
    stop = touring.request()
    with pytest.raises(NotPossible):
        touring.step(stop, "confirm", HOST)
    touring.step(stop, "refuse", LENDER)
    with pytest.raises(NotPossible):
        touring.step(stop, "cancel", LENDER)
    with pytest.raises(Conflict):
        take_step(db, stop.id, 1, "request", HOST, **BY)


def only_session(db: DbSession) -> Session | None:
    return db.scalars(sa.select(Session)).one_or_none()


def confirmed(touring: Touring) -> tuple[Stop, Session]:
    """Confirm a stop that is a session of the edition."""
    hours = [{"weekday": 6, "opens": "10:00", "closes": "18:00"}]
    activity = touring.programme.add_activity("Glaciers d’ici")
    stop = touring.request(activity_id=activity.id, weekly_hours=hours)
    touring.step(stop, "confirm")
    session = only_session(touring.db)
    assert session is not None
    return stop, session


def test_a_confirmed_stop_is_a_session_that_moves_with_it(db: DbSession, touring: Touring) -> None:
    stop, session = confirmed(touring)
    told = (stop.session_id, session.kind, session.starts_at, session.ends_at, session.venue_id)
    assert told == (session.id, "exhibition", stop.opens_at, stop.closes_at, stop.venue_id)
    assert (session.weekly_hours, session.registration) == (stop.weekly_hours, "none")
    venue = touring.programme.add_venue("Ailleurs")
    later = stop.closes_at + timedelta(days=2)
    values = {"venue_id": venue.id, "closes_at": later, "leaves_at": later}
    save_stop(db, stop.id, None, values, **BY)
    assert (session.venue_id, session.ends_at, session.revision) == (venue.id, later, 2)


def test_a_cancelled_stop_takes_its_unreleased_session_away(
    db: DbSession, touring: Touring
) -> None:
    stop, _session = confirmed(touring)
    touring.step(stop, "cancel", HOST)
    assert (stop.session_id, only_session(db)) == (None, None)


def test_a_released_session_is_cancelled_with_its_stop_and_comes_back_with_it(
    db: DbSession, touring: Touring
) -> None:
    stop, session = confirmed(touring)
    release(db, session.edition_id, now=NOW)
    touring.step(stop, "cancel", HOST)
    assert (session.status, stop.session_id) == ("cancelled", session.id)
    release(db, session.edition_id, now=NOW)
    assert db.get_one(PublishedSession, session.id).status == "cancelled"
    touring.step(stop, "request", HOST | PLACE)
    assert session.status == "cancelled"
    touring.step(stop, "confirm", LENDER)
    assert (session.status, stop.session_id) == ("confirmed", session.id)
    assert only_session(db) is session


def test_a_stop_outside_its_edition_is_refused_at_its_own_field(touring: Touring) -> None:
    activity = touring.programme.add_activity("Glaciers d’ici")
    stop = touring.request(start=100, activity_id=activity.id)
    assert list(faults(touring.step, stop, "confirm")) == ["opens_at"]


def test_the_session_of_a_stop_follows_it_alone(db: DbSession, touring: Touring) -> None:
    _stop, session = confirmed(touring)
    values = {"starts_at": session.starts_at + timedelta(days=1)}
    assert faults(save_session, db, session.id, None, values, **BY) == {
        "starts_at": "Cette séance est une étape d’itinérance\u00a0: déplacez l’étape, elle suivra."
    }
    with pytest.raises(InUse):
        delete_session(db, session.id, None)
    assert save_session(db, session.id, None, {"closures": ["2026-10-05"]}, **BY).revision == 2


def test_a_session_taken_back_stays_where_its_stop_is(db: DbSession, touring: Touring) -> None:
    stop, session = confirmed(touring)
    release(db, session.edition_id, now=NOW)
    later = stop.closes_at + timedelta(days=2)
    save_stop(db, stop.id, None, {"closes_at": later, "leaves_at": later}, **BY)
    save_session(db, session.id, None, {"closures": ["2026-10-05"]}, **BY)
    revert_session(db, session.id, session.revision, **BY)
    assert (session.ends_at, session.closures) == (later, [])


def test_of_two_promises_made_at_once_one_is_kept(context: ServiceContext) -> None:
    with context.database.write() as db:
        touring = Touring(db)
        venues = [touring.programme.add_venue(name) for name in ("Un", "Deux")]
        stops = [touring.request(venue).id for venue in venues]
    together = Barrier(2)

    def confirm(stop_id: UUID) -> str:
        try:
            with context.database.write() as db:
                if db.get_bind().dialect.name == "postgresql":  # SQLite lets one write at a time
                    together.wait(timeout=120)
                take_step(db, stop_id, None, "confirm", COORDINATION, **BY)
        except Invalid:
            return "refused"
        return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, stops)) == ["confirmed", "refused"]
    with context.database.read() as db:
        assert sorted(db.scalars(sa.select(Stop.state))) == ["confirmed", "requested"]


def test_what_a_tour_refers_to_stays(db: DbSession, touring: Touring) -> None:
    stop = touring.request(touring.programme.add_venue("Ailleurs"))
    for delete, row_id in (
        (delete_venue, stop.venue_id),
        (delete_organisation, touring.programme.organisation.id),
        (delete_tour, touring.tour.id),
        (delete_resource, touring.resource.id),
    ):
        with pytest.raises(InUse):
            delete(db, row_id, None)


def test_who_acts_for_lender_or_host_takes_part_and_nobody_else(
    db: DbSession, touring: Touring
) -> None:
    house = touring.programme.add_venue("Ailleurs")
    stop = touring.request(house)
    stop.requested_by_id = asked_by = new_id()

    def parties(account_id: UUID | None = None, **told: Any) -> frozenset[str]:
        nothing: frozenset[Any] = frozenset()
        known = {"roles": nothing, "organisations": nothing, "venues": nothing, **told}
        return parties_in(stop, Person(account_id, **known))

    assert parties(roles=frozenset({"coordinator"})) == COORDINATION
    lender = frozenset({touring.programme.organisation.id})
    assert parties(organisations=lender) == LENDER
    assert parties(venues=frozenset({house.id})) == HOST | PLACE
    assert parties(venues=frozenset({house.id}), organisations=lender) == LENDER | HOST | PLACE
    assert parties(asked_by) == HOST
    assert parties(new_id(), roles=frozenset({"organiser", "reader"})) == set()
    assert parties(venues=frozenset({touring.programme.venue.id})) == set()
    db.rollback()


def test_a_report_tells_what_is_damaged(db: DbSession, touring: Touring) -> None:
    stop = touring.request()
    told: dict[str, Any] = {"moment": "arrival", "condition": "damaged", **BY}
    assert list(faults(report_condition, db, stop.id, **{**told, "note": ""})) == ["note"]
    assert sorted(
        faults(
            report_condition, db, stop.id, **{**told, "moment": "x", "condition": "", "note": ""}
        )
    ) == ["condition", "moment"]
    report = report_condition(db, stop.id, **{**told, "note": "Un panneau fendu"})
    assert reports_of(db, stop.id) == [report]
    assert photos_of(db, [report]) == {report.id: []}


def test_the_way_to_the_next_stop_needs_its_time(touring: Touring) -> None:
    grenoble, lyon = (45.1885, 5.7245), (45.7640, 4.8357)
    near = touring.programme.add_venue("Ici", latitude=grenoble[0], longitude=grenoble[1])
    far = touring.programme.add_venue("Lyon", latitude=lyon[0], longitude=lyon[1])
    first = touring.request(near)
    early = first.leaves_at + timedelta(hours=3)
    second = touring.request(
        far,
        arrives_at=early,
        opens_at=early + timedelta(days=1),
        closes_at=early + timedelta(days=2),
    )
    (leg,) = legs_of([first, second])
    assert (round(leg.km or 0), leg.needs, leg.has, leg.is_short) == (
        94,
        timedelta(hours=4),
        timedelta(hours=3),
        True,
    )
