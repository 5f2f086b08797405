"""Resources, tours and stops in the console: who sees what, and what each may do."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image as Pillow

from services.scheduling.models import (
    ActivityResource,
    ConditionPhoto,
    ConditionReport,
    Edition,
    Image,
    Resource,
    Session,
    Stop,
    Unavailability,
)
from services.scheduling.web import create_app
from shared.context import ServiceContext
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION, only
from tests.services.scheduling.drafted_programme import OPENING
from tests.services.scheduling.lent import Touring


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def touring(context: ServiceContext) -> Touring:
    with context.database.write() as db:
        touring = Touring(db)
        touring.activity = touring.programme.add_activity("Glaciers d’ici")  # type: ignore[attr-defined]
        stop = touring.request(activity_id=touring.activity.id)  # type: ignore[attr-defined]
        touring.stop = stop  # type: ignore[attr-defined]
    return touring


def stop_path(touring: Any) -> str:
    return f"/console/tours/{touring.tour.id}/stops/{touring.stop.id}"


def photograph() -> io.BytesIO:
    content = io.BytesIO()
    Pillow.new("RGB", (640, 480), "#335577").save(content, "JPEG")
    content.seek(0)
    return content


def unread() -> tuple[io.BytesIO, str]:
    """Return a file that says that it is a photograph, and is none."""
    return io.BytesIO(b"not a picture"), "a.jpg"


def test_a_resource_is_made_kept_from_others_and_needed(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    staff = Staff(context, app=app)
    made = staff.send("/console/resources/new", name="Planétarium", setup_minutes="1,5", copies="2")
    assert made.status_code == 303
    with context.database.read() as db:
        resource = db.scalars(sa.select(Resource).where(Resource.name == "Planétarium")).one()
    assert (resource.kind, resource.setup_minutes, resource.copies) == ("equipment", 90, 2)
    page = f"/console/resources/{resource.id}"

    away = f"/console/absences/resources/{resource.id}"
    token = fields_of(staff.get(away).text)["csrf_token"]
    said = {"csrf_token": token, "from_day": "2026-10-05", "to_day": "2026-10-06"}
    assert staff.client.post(away, data=said).status_code == 303
    absence = only(context, Unavailability)
    assert (absence.resource_id, absence.starts_at, absence.ends_at - absence.starts_at) == (
        resource.id,
        OPENING.replace(hour=22, day=4),
        timedelta(days=2),
    )
    assert "lundi 5 octobre" in staff.get(page).text

    activity = f"{EDITION}/activities/{touring.activity.id}"
    needed = {"csrf_token": token, "resource_id": str(resource.id), "copies": "3"}
    words = staff.follow(staff.client.post(f"{activity}/resources", data=needed))
    assert "Il n’existe que 2 exemplaires de «\u00a0Planétarium\u00a0»." in words
    staff.client.post(f"{activity}/resources", data={**needed, "copies": "2"})
    need = only(context, ActivityResource)
    assert (need.resource_id, need.copies) == (resource.id, 2)
    assert "Glaciers d’ici" in staff.get(page).text
    staff.client.post(f"{activity}/resources/{resource.id}/remove", data={"csrf_token": token})
    with context.database.read() as db:
        assert db.scalars(sa.select(ActivityResource)).all() == []


def test_a_stop_in_an_edition_elsewhere_is_read_and_shown_on_its_clocks(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    with context.database.write() as db:
        db.get_one(Edition, touring.programme.edition.id).time_zone = "America/Martinique"
    staff = Staff(context, app=app)
    page = stop_path(touring)
    form = staff.form_of(f"{page}/edit")
    assert (form["opens_on"], form["opens"]) == ("2026-10-02", "04:00")

    times = {"opens": "10:00", "arrives": "09:00"}
    assert staff.send(f"{page}/edit", form, **times).status_code == 303
    assert only(context, Stop).opens_at == OPENING.replace(hour=14)
    assert "10\u202fh\u202f00" in staff.get(page).text.replace("\xa0", "\u202f")
    without = staff.send(f"{page}/edit", staff.form_of(f"{page}/edit"), activity_id="")
    assert without.status_code == 303
    assert only(context, Stop).opens_at == OPENING  # ten in Paris, as there is no edition


def test_a_venue_asks_for_a_stop_and_the_lender_makes_a_session_of_it(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    with context.database.write() as db:
        touring.programme._db = db
        house = touring.programme.add_venue("La Casemate")
    host = Staff(context, "venue", name="Hôte Dupont", app=app, venues=[house.id])
    lender = Staff(context, "organiser", name="Luce Prêt", app=app, venues=())

    new = f"/console/tours/{touring.tour.id}/stops/new"
    times = {"opens_on": "2026-10-03", "opens": "10:00", "closes_on": "2026-10-11", "closes": "18h"}
    assert host.send(new, **times, venue_id=str(touring.programme.venue.id)).status_code == 403
    refused = host.send(new, **{**times, "closes_on": "2026-10-02"})
    assert refused.status_code == 422
    unclocked = host.send(new, **{**times, "opens": ""})
    assert re.findall(r'<li><a href="#(\w+)">', unclocked.text) == ["opens"]
    asked = host.send(new, **times)
    assert asked.status_code == 303
    path = asked.location
    with context.database.read() as db:
        stop = db.scalars(sa.select(Stop).where(Stop.venue_id == house.id)).one()
        assert (stop.state, stop.requested_by_id) == ("requested", host.account_id)

    form = lender.form_of(f"{path}/edit")
    assert "transporter" not in host.form_of(f"{path}/edit")
    changed = {"activity_id": str(touring.activity.id), "transporter": "Routes", "note": "Quai B"}
    assert lender.send(f"{path}/edit", form, **changed).status_code == 303
    with context.database.read() as db:
        edited = db.get_one(Stop, stop.id)
        assert (edited.transporter, edited.note, edited.arrives_at) == (
            "Routes",
            "Quai B",
            stop.arrives_at,
        )
    tried = host.client.post(f"{path}/steps/confirm", data=fields_of(host.get(path).text))
    assert tried.status_code == 422
    sent = fields_of(lender.get(path).text)
    confirmed = lender.client.post(f"{path}/steps/confirm", data=sent)
    assert "L’étape est confirmée." in lender.follow(confirmed)
    session = only(context, Session)
    assert (session.venue_id, session.kind, session.starts_at) == (
        house.id,
        "exhibition",
        stop.opens_at,
    )
    assert "Annuler l’étape" in host.get(path).text
    assert host.get(f"{path}/edit").status_code == 403


def test_papers_and_photographs_are_for_the_parties_alone(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    with context.database.write() as db:
        touring.programme._db = db
        other = touring.programme.add_venue("Ailleurs")
    home = [touring.programme.venue.id]
    nothing: dict[str, Any] = {"organisations": (), "venues": ()}
    people = {
        "coordination": Staff(context, name="Coco Ordi", app=app, **nothing),
        "lender": Staff(context, "organiser", name="Luce Prêt", app=app, venues=()),
        "host": Staff(context, "venue", name="Hôte Dupont", app=app, venues=home),
    }
    strangers = {
        "another organiser": Staff(context, "organiser", name="Autre Part", app=app, **nothing),
        "another venue": Staff(context, "venue", name="Autre Lieu", app=app, venues=[other.id]),
    }
    path = stop_path(touring)
    host = people["host"]
    token = fields_of(host.get(path).text)["csrf_token"]
    told = {
        "csrf_token": token,
        "moment": "arrival",
        "condition": "damaged",
        "caption": "Panneau 3",
    }
    no_image = {**told, "report_note": "Fendu"}
    refused = host.client.post(f"{path}/reports", data={**no_image, "photos": unread()})
    assert refused.status_code == 422
    assert "a.jpg" in refused.text
    long = {**no_image, "caption": "Panneau " * 50}
    refused = host.client.post(f"{path}/reports", data={**long, "photos": unread()})
    assert re.findall(r'<li><a href="#(\w+)">', refused.text) == ["caption", "photos"]
    with context.database.read() as db:
        assert db.scalars(sa.select(Image)).all() == []
    report = {**told, "report_note": "Fendu", "photos": [(photograph(), "a.jpg")]}
    assert host.client.post(f"{path}/reports", data=report).status_code == 303
    stored, photo = only(context, ConditionReport), only(context, ConditionPhoto)
    assert (stored.condition, stored.note, photo.caption) == ("damaged", "Fendu", "Panneau 3")
    assert only(context, Image).is_private

    private = (
        f"{path}/photos/{photo.image_id}/480.webp",
        f"{path}/agreement",
        f"{path}/agreement.pdf",
    )
    for name, person in people.items():
        page = person.get(path).text
        assert "12\u202f000" in page, name
        assert "Panneau 3" in page, name
        assert [person.get(secret).status_code for secret in private] == [200, 200, 200], name
    for name, person in strangers.items():
        page = person.get(path).text
        assert "Muséum" in page, name
        lent = person.get(f"/console/resources/{touring.resource.id}")
        assert not re.search(r"\b12000\b", lent.text), name  # nor in part of an identifier
        assert "12\u202f000" not in page, name
        assert "Panneau 3" not in page, name
        assert [person.get(secret).status_code for secret in private] == [403, 403, 403], name
        assert person.client.post(f"{path}/reports", data={**told}).status_code in (400, 403)
    reader = Staff(context, "reader", name="Lou Lit", app=app)
    assert "Panneau 3" not in reader.get(path).text
    assert [reader.get(secret).status_code for secret in private] == [403, 403, 403]
    assert app.test_client().get(f"/images/{photo.image_id}/480.webp").status_code == 404


def test_the_agreement_says_what_was_agreed_and_prints_it(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    staff = Staff(context, app=app)
    page = staff.get(f"{stop_path(touring)}/agreement").text
    for words in ("Glaciers d’ici", "Muséum de Grenoble", "12\u202f000", "1 rue Dolomieu"):
        assert words in page
    printed = staff.get(f"{stop_path(touring)}/agreement.pdf")
    assert (printed.content_type, printed.data[:5]) == ("application/pdf", b"%PDF-")


def test_a_tour_shows_its_stops_in_order_in_words_and_pictures(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    with context.database.write() as db:
        touring.programme._db = touring.db = db
        venue = touring.programme.add_venue("Lyon", latitude=45.764, longitude=4.8357)
        home = db.get_one(type(venue), touring.programme.venue.id)
        home.latitude, home.longitude = 45.1885, 5.7245
        touring.request(venue, start=10, arrives_at=OPENING + timedelta(days=9, hours=17))
    staff = Staff(context, app=app)
    page = staff.get(f"/console/tours/{touring.tour.id}").text
    first, second = page.index("Muséum</a>"), page.index("Lyon</a>")
    assert first < second
    assert "94 km à vol d’oiseau" in page
    assert "Il n’y a que 1\u00a0h entre les deux." in page
    assert page.count('class="number"') == 2
    assert staff.get("/console/tours").text.count("Glaciers d’ici") == 1


def test_an_option_needs_its_day_and_says_so_at_the_field(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    staff = Staff(context, app=app)
    path = stop_path(touring)
    fields = fields_of(staff.get(path).text)
    again = staff.client.post(f"{path}/steps/option", data=fields)
    assert again.status_code == 422
    assert 'id="option_until-error"' in again.text
    fields["option_until"] = "2026-09-30"
    optioned = staff.follow(staff.client.post(f"{path}/steps/option", data=fields))
    assert "mercredi 30 septembre" in optioned
    stale = staff.client.post(f"{path}/steps/confirm", data=fields)
    assert stale.status_code == 422
    assert "Cette étape vient de changer" in stale.text


def test_who_does_not_lend_an_exhibition_sends_it_nowhere(
    context: ServiceContext, app: Flask, touring: Any
) -> None:
    other = Staff(context, "organiser", name="Autre Part", app=app, organisations=(), venues=())
    form = other.form_of("/console/tours/new")
    wanted = {"name": "À moi", "resource_id": str(touring.resource.id)}
    assert "Glaciers d’ici" not in other.get("/console/tours/new").text
    assert other.send("/console/tours/new", form, **wanted).status_code == 403
    edit = f"/console/tours/{touring.tour.id}/edit"
    assert other.client.post(edit, data=form).status_code == 403
    lender = Staff(context, "organiser", name="Luce Prêt", app=app, venues=())
    assert lender.send("/console/tours/new", **wanted).status_code == 303
    renamed = lender.send(edit, name="Isère 2026", note="Deux camions")
    assert renamed.status_code == 303
    with context.database.read() as db:
        tour = db.get_one(type(touring.tour), touring.tour.id)
        assert (tour.name, tour.note) == ("Isère 2026", "Deux camions")
