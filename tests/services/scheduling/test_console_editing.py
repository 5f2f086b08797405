"""The console's forms: what is made and changed there, by whom, and never over another's change."""

from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Activity,
    Edition,
    Festival,
    Organisation,
    PublishedSession,
    Session,
    Space,
    Venue,
)
from services.scheduling.pages.console import storing
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

EDITION = "/console/editions/fete-de-la-science-2026"


@pytest.fixture
def ada(context: ServiceContext) -> Staff:
    return Staff(context, "coordinator")


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
    return programme


def session_path(programme: DraftedProgramme) -> str:
    return f"{EDITION}/sessions/{programme.session.id}"


def only(context: ServiceContext, model):
    with context.database.read() as db:
        return db.scalars(sa.select(model)).unique().one()


def test_a_programme_is_made_from_nothing_by_forms_alone(
    context: ServiceContext, ada: Staff
) -> None:
    made = ada.send("/console/festivals/new", name_fr="Fête de la science")
    edition = ada.get(made.location).text
    assert made.location.startswith("/console/editions/new?festival=")
    made = ada.send(
        "/console/editions/new",
        fields_of(edition),
        name_fr="Fête de la science 2026",
        starts_on="2026-10-02",
        ends_on="2026-10-12",
    )
    assert made.location == f"{EDITION}/activities"
    made = ada.send("/console/organisations/new", name="Muséum", email="bonjour@museum.example")
    organisation = only(context, Organisation)
    made = ada.send(
        "/console/venues/new", name="Muséum", commune_name="Grenoble", insee_code="38185"
    )
    venue = only(context, Venue)
    ada.send(f"/console/venues/{venue.id}/spaces/new", name="Auditorium", capacity="80")
    space = only(context, Space)
    made = ada.send(
        f"{EDITION}/activities/new",
        title_fr="Voir un muon",
        description_fr="Une chambre.\r\n\r\nDes traces.",
        organisation_id=str(organisation.id),
        presenters="Ada\r\nEmmy",
        age_min="8",
        link="museum.example/muon",
    )
    activity = only(context, Activity)
    made = ada.send(
        f"{EDITION}/sessions/new?activity={activity.id}",
        day="2026-10-03",
        starts="14:00",
        ends="15h30",
        venue_id=str(venue.id),
        space_id=str(space.id),
        registration="here",
        capacity="30",
        seat_categories=["pupils"],
    )
    session = only(context, Session)
    assert made.location == f"{EDITION}/sessions/{session.id}"
    assert (activity.description_fr, activity.presenters, activity.link) == (
        "Une chambre.\n\nDes traces.",
        ["Ada", "Emmy"],
        "https://museum.example/muon",
    )
    assert session.starts_at.isoformat() == "2026-10-03T12:00:00+00:00"
    assert session.ends_at.isoformat() == "2026-10-03T13:30:00+00:00"
    assert (session.capacity, session.seat_categories) == (30, ["pupils"])
    assert (session.edited_by_id, session.space_id) == (ada.account_id, space.id)
    assert "Enregistré comme brouillon, à publier." in ada.follow(made)


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


def test_a_form_sent_twice_makes_one_row(context: ServiceContext, ada: Staff) -> None:
    form = ada.form_of("/console/organisations/new")
    first = ada.send("/console/organisations/new", form, name="Muséum")
    second = ada.send("/console/organisations/new", form, name="Muséum")
    assert first.location == second.location


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


def programme_on(programme: DraftedProgramme, db) -> DraftedProgramme:
    programme._db = db
    return programme


def test_a_reader_looks_and_others_do_not(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    reader = Staff(context, "reader", name="Emmy Noether")
    door = Staff(context, "door", name="Sophie Germain")
    paths = [
        "/console/editions",
        EDITION,
        f"/console/festivals/{programme.festival.id}",
        "/console/venues",
        f"/console/venues/{programme.venue.id}",
        f"/console/venues/{programme.venue.id}/spaces/{programme.space.id}",
        "/console/organisations",
        f"/console/organisations/{programme.organisation.id}",
        f"{EDITION}/activities",
        f"{EDITION}/activities/{programme.session.activity_id}",
        session_path(programme),
    ]
    assert [reader.get(path).status_code for path in paths] == [200] * len(paths)
    assert [door.get(path).status_code for path in paths] == [403] * len(paths)
    form = reader.form_of(session_path(programme))
    assert reader.send(session_path(programme), form, capacity="1").status_code == 403
    assert '<fieldset class="bare-fields" disabled>' in reader.get(session_path(programme)).text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Ateliers", "Voir un muon"]),
        ("?q=MUON", ["Voir un muon"]),
        ("?state=empty", ["Ateliers"]),
        ("?audience=schools", ["Ateliers"]),
        ("?sort=-title", ["Voir un muon", "Ateliers"]),
        ("?sort=-sessions", ["Voir un muon", "Ateliers"]),
        ("?theme=Chimie", ["Ateliers"]),
        ("?organisation=nonsense&page=9", ["Ateliers", "Voir un muon"]),
        ("?q=zzz", []),
    ],
)
def test_activities_are_found(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme, query: str, titles: list[str]
) -> None:
    with context.database.write() as db:
        programme_on(programme, db).add_activity("Ateliers", audience="schools", theme="Chimie")
    page = unescape(ada.get(f"{EDITION}/activities{query}").text)
    table = page[page.find("<tbody") :] if "<tbody" in page else ""
    assert [title for title in sorted(titles, key=table.find) if title in table] == titles
    assert ("Voir un muon" in table, "Ateliers" in table) == (
        "Voir un muon" in titles,
        "Ateliers" in titles,
    )


def test_a_new_session_begins_like_the_last_one_of_its_activity(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    begun = ada.form_of(f"{EDITION}/sessions/new?activity={programme.session.activity_id}")
    assert (begun["starts"], begun["capacity"], begun["day"]) == ("10:00", "30", "")
    copied = ada.form_of(f"{EDITION}/sessions/new?from={programme.session.id}")
    assert (copied["day"], copied["venue_id"]) == ("2026-10-02", str(programme.venue.id))


def test_an_hour_that_comes_twice_is_told(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    ada.send(f"{EDITION}", ends_on="2026-10-25")
    answer = ada.send(session_path(programme), day="2026-10-25", starts="02:30", ends="05:00")
    assert "il est deux fois 02:30" in ada.follow(answer)


def test_the_spaces_of_another_venue_are_given_as_choices(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    page = ada.get(f"/console/venues/{programme.venue.id}/spaces").text
    assert "Auditorium – 80 personnes" in unescape(page)


@pytest.mark.parametrize(
    "path",
    [
        f"{EDITION}/activities/00000000-0000-0000-0000-000000000000",
        f"{EDITION}/sessions/00000000-0000-0000-0000-000000000000",
        "/console/editions/nowhere",
        "/console/editions/nowhere/activities",
        "/console/venues/00000000-0000-0000-0000-000000000000",
        "/console/organisations/00000000-0000-0000-0000-000000000000",
        "/console/festivals/00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_is_not_there_is_not_found(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme, path: str
) -> None:
    assert (ada.get(path).status_code, ada.client.get(path).status_code) == (404, 404)


def test_every_other_noun_is_deleted_when_nothing_needs_it(
    context: ServiceContext, ada: Staff, clock: FrozenClock
) -> None:
    with context.database.write() as db:
        made = DraftedProgramme(db)
        activity = made.add_activity()
    clock.advance(minutes=1)
    paths = [
        f"{EDITION}/activities/{activity.id}",
        f"/console/organisations/{made.organisation.id}",
        f"/console/venues/{made.venue.id}/spaces/{made.space.id}",
        f"/console/venues/{made.venue.id}",
        EDITION,
        f"/console/festivals/{made.festival.id}",
    ]
    for path in paths:
        assert "C’est supprimé." in ada.follow(ada.send(f"{path}/delete", ada.form_of(path))), path
    with context.database.read() as db:
        left = [db.scalar(sa.select(sa.func.count()).select_from(m)) for m in (Edition, Festival)]
    assert left == [0, 0]


def test_saving_an_hour_later_is_signed_with_its_instant(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme, clock: FrozenClock
) -> None:
    later = clock.advance(minutes=5)
    ada.send(f"/console/organisations/{programme.organisation.id}", name="Muséum d’histoire")
    organisation = only(context, Organisation)
    assert (organisation.edited_at, organisation.revision) == (later, 2)
    assert later - NOW == timedelta(minutes=5)


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


def test_a_form_sent_twice_at_once_makes_one_row(
    context: ServiceContext, ada: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/console/organisations/new"
    form = ada.form_of(path)
    first = ada.send(path, form, name="Muséum")
    monkeypatch.setattr(storing, "_made_before", lambda *_arguments: None)
    second = ada.send(path, form, name="Musée")
    assert second.location == first.location
    assert only(context, Organisation).name == "Muséum"
