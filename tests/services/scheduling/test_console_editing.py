"""The console's forms: all that is made and changed there, and by whom."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.models import (
    Activity,
    Edition,
    Festival,
    Organisation,
    Session,
    Space,
    Venue,
)
from services.scheduling.pages.console import storing
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION, only, programme_on, session_path
from tests.services.scheduling.drafted_programme import DraftedProgramme


@pytest.fixture
def ada(context: ServiceContext) -> Staff:
    return Staff(context, "coordinator")


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
    return programme


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


def test_a_form_sent_twice_makes_one_row(context: ServiceContext, ada: Staff) -> None:
    form = ada.form_of("/console/organisations/new")
    first = ada.send("/console/organisations/new", form, name="Muséum")
    second = ada.send("/console/organisations/new", form, name="Muséum")
    assert first.location == second.location


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


def test_a_form_sent_twice_at_once_makes_one_row(
    context: ServiceContext, ada: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/console/organisations/new"
    form = ada.form_of(path)
    first = ada.send(path, form, name="Muséum")
    asked = []

    def not_yet_the_first_time(*arguments: Any) -> Any:
        asked.append(arguments)
        return real(*arguments) if len(asked) > 1 else None

    real = storing._made
    monkeypatch.setattr(storing, "_made", not_yet_the_first_time)
    second = ada.send(path, form, name="Musée")
    assert second.location == first.location
    assert only(context, Organisation).name == "Muséum"
