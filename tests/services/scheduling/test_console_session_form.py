"""A session's form: its faults, its draft beside what is published, two people at once."""

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    PublishedSession,
    Session,
)
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION, only, programme_on, session_path
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme


@pytest.fixture
def ada(context: ServiceContext) -> Staff:
    return Staff(context, "coordinator")


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
    return programme


def test_faults_are_told_at_their_fields_and_nothing_is_lost(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    answer = ada.send(session_path(programme), ends="09:00", capacity="beaucoup", day="2026-10-03")
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert 'id="ends-error">La fin doit venir après le début.' in page
    assert 'id="capacity-error">Écrivez un nombre entier, en chiffres.' in page
    assert fields_of(answer.text)["capacity"] == "beaucoup"
    assert only(context, Session).revision == 1


def test_what_a_choice_does_not_need_is_left_out(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    ada.send(session_path(programme), registration="none", registration_link="pas un lien")
    session = only(context, Session)
    assert (session.registration, session.capacity, session.registration_link) == (
        "none",
        None,
        None,
    )


def test_changes_of_different_fields_by_two_people_are_put_together(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    emmy = Staff(context, "organiser", name="Emmy Noether")
    path = session_path(programme)
    hers, his = ada.form_of(path), emmy.form_of(path)
    emmy.send(path, his, starts="10:30", ends="11:30")
    page = ada.follow(ada.send(path, hers, capacity="12"))
    session = only(context, Session)
    assert (session.capacity, session.starts_at.isoformat()) == (12, "2026-10-02T08:30:00+00:00")
    assert "Enregistré avec ce qu’une autre personne venait de changer\u00a0: Quand." in page


def test_two_changes_of_one_field_are_set_side_by_side_until_somebody_chooses(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    emmy = Staff(context, "organiser", name="Emmy Noether")
    path = session_path(programme)
    hers, his = ada.form_of(path), emmy.form_of(path)
    emmy.send(path, his, capacity="20", space_id="")
    answer = ada.send(path, hers, capacity="12")
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "Emmy Noether a enregistré entre-temps" in page
    assert 'name="keep-capacity" value="mine"' in page
    assert "Une autre personne a aussi changé\u00a0: Où." in page
    assert only(context, Session).capacity == 20
    again = fields_of(answer.text)
    ada.send(path, again, **{"keep-capacity": "theirs"})
    session = only(context, Session)
    assert (session.capacity, session.space_id, session.revision) == (20, None, 2)
    ada.send(path, again)
    assert only(context, Session).capacity == 12


def test_a_stale_form_that_says_what_is_stored_already_is_no_conflict(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    path = session_path(programme)
    first, second = ada.form_of(path), ada.form_of(path)
    ada.send(path, first, capacity="12")
    assert ada.send(path, second, capacity="12").status_code == 303
    assert only(context, Session).revision == 2


def test_an_open_form_is_told_who_changed_the_session(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    emmy = Staff(context, "organiser", name="Emmy Noether")
    path = f"{session_path(programme)}/state"
    assert ada.get(path, headers={"If-None-Match": '"1"'}).status_code == 304
    emmy.send(session_path(programme), capacity="20")
    told = ada.get(path, headers={"If-None-Match": '"1"'})
    assert (told.status_code, told.headers["ETag"]) == (200, '"2"')
    assert "Emmy Noether vient d’enregistrer ici" in unescape(told.text)
    assert ada.get(path, headers={"If-None-Match": '"2"'}).status_code == 304


def test_a_row_is_added_without_javascript_and_nothing_is_saved(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    answer = ada.send(session_path(programme), kind="exhibition", add_row="weekly_hours")
    assert answer.status_code == 200
    assert "weekly_hours-0-weekday" in fields_of(answer.text)
    assert fields_of(answer.text)["revision"] == "1"
    assert only(context, Session).kind == "timed"


def test_an_exhibition_has_its_hours_and_closures(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    ada.send(
        session_path(programme),
        kind="exhibition",
        ends_on="2026-12-20",
        ends="18:00",
        **{
            "weekly_hours-0-weekday": "2",
            "weekly_hours-0-opens": "10:00",
            "weekly_hours-0-closes": "18:00",
            "closures-0-day": "2026-11-11",
        },
    )
    session = only(context, Session)
    assert session.weekly_hours == [{"weekday": 2, "opens": "10:00", "closes": "18:00"}]
    assert session.closures == ["2026-11-11"]
    again = ada.send(session_path(programme))
    assert "Rien n’a changé" in ada.follow(again)


def test_a_time_that_nobody_touched_keeps_its_seconds(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    exact = {
        "starts_at": OPENING + timedelta(seconds=30),
        "registration_closes_at": OPENING + timedelta(microseconds=7),
    }
    with context.database.write() as db:
        save_session(db, programme.session.id, 1, exact, account_id=None, now=NOW)
    ada.send(session_path(programme), capacity="12")
    session = only(context, Session)
    assert (session.capacity, session.revision) == (12, 3)
    assert {name: getattr(session, name) for name in exact} == exact


def test_an_hour_that_clocks_skip_is_told_once_at_its_field(
    ada: Staff, programme: DraftedProgramme
) -> None:
    ada.send(f"{EDITION}", ends_on="2027-03-28")
    answer = ada.send(session_path(programme), day="2027-03-28", starts="02:30", ends="05:00")
    told = re.findall(r'<li><a href="#(\w+)">(.*?)</a>', unescape(answer.text))
    assert [field for field, _ in told] == ["starts"]
    assert "il n’est jamais 02:30" in told[0][1]


def test_an_hour_that_comes_twice_is_told(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    ada.send(f"{EDITION}", ends_on="2026-10-25")
    answer = ada.send(session_path(programme), day="2026-10-25", starts="02:30", ends="05:00")
    assert "il est deux fois 02:30" in ada.follow(answer)


def test_a_new_session_begins_like_the_last_one_of_its_activity(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    begun = ada.form_of(f"{EDITION}/sessions/new?activity={programme.session.activity_id}")
    assert (begun["starts"], begun["capacity"], begun["day"]) == ("10:00", "30", "")
    copied = ada.form_of(f"{EDITION}/sessions/new?from={programme.session.id}")
    assert (copied["day"], copied["venue_id"]) == ("2026-10-02", str(programme.venue.id))


def test_the_spaces_of_another_venue_are_given_as_choices(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    page = ada.get(f"/console/venues/{programme.venue.id}/spaces").text
    assert "Auditorium – 80 personnes" in unescape(page)


def test_a_draft_is_compared_with_what_is_published_and_taken_back(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    path = session_path(programme)
    ada.send(path, starts="15:00", ends="16:00")
    page = ada.get(path).text
    assert "Ce qui attend d’être publié" in unescape(page)
    ada.send(f"{path}/revert", fields_of(page))
    session = only(context, Session)
    assert session.starts_at.isoformat() == "2026-10-02T08:00:00+00:00"
    assert "Ce qui attend d’être publié" not in unescape(ada.get(path).text)


def test_a_cancellation_says_how_many_it_touches_and_is_a_draft(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
        db.execute(sa.update(PublishedSession).values(bookings=12, seats_taken=34, waiting=3))
    path = session_path(programme)
    page = ada.get(f"{path}/cancel")
    assert "Cela met fin à 12 inscriptions (34 places)." in unescape(page.text)
    assert "3 groupes attendent une place." in unescape(page.text)
    ada.send(f"{path}/cancel", fields_of(page.text))
    assert only(context, Session).status == "cancelled"
    assert only(context, PublishedSession).status == "confirmed"
    ada.send(f"{path}/reinstate", ada.form_of(path))
    assert only(context, Session).status == "confirmed"


def test_a_stale_cancellation_does_nothing(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    path = session_path(programme)
    form = ada.form_of(f"{path}/cancel")
    ada.send(path, capacity="12")
    assert "Quelqu’un vient de modifier" in ada.follow(ada.send(f"{path}/cancel", form))
    assert only(context, Session).status == "confirmed"


def test_only_what_was_never_released_is_deleted(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    path = session_path(programme)
    form = ada.form_of(path)
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    assert "annulez-la" in ada.follow(ada.send(f"{path}/delete", form))
    with context.database.write() as db:
        other = programme_on(programme, db).add_session()
    other_path = f"{EDITION}/sessions/{other.id}"
    gone = ada.send(f"{other_path}/delete", ada.form_of(other_path))
    assert gone.location.startswith(f"{EDITION}/activities/")
    assert ada.get(other_path).status_code == 404
