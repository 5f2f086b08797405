"""What organisations say of themselves, public by a release; and the pages of rooms and yards."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.editing.organisations import save_organisation
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import Organisation
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program

SAYS = {
    "website": "https://museum.example/",
    "description_fr": "Un **jardin** et <script>alert(1)</script> des fossiles.",
    "description_en": "A **garden** and fossils.",
}


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a released programme: a session in the auditorium, one in the yard."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        made.session = made.add_session(made.add_activity("Voir un muon"))
        yard = create_space(db, {"venue_id": made.venue.id, "name": "Cour"}, **made.by)
        made.add_session(made.add_activity("Peser un atome"), space_id=yard.id)
        release(db, made.edition.id, now=NOW)
    return made


def present(context: ServiceContext, programme: DraftedProgramme) -> None:
    with context.database.write() as db:
        row = db.get_one(Organisation, programme.organisation.id)
        save_organisation(db, row.id, row.revision, SAYS, **programme.by)


def words_of(page: str) -> str:
    return re.sub(r"[\s\u202f\xa0]+", " ", re.sub(r"<[^>]+>", " ", unescape(page)))


def test_an_organisation_says_on_its_page_what_was_released(
    context: ServiceContext, programme: DraftedProgramme, client: FlaskClient
) -> None:
    page = f"/organisations/museum-de-grenoble-{programme.organisation.id}"
    present(context, programme)
    assert "fossiles" not in client.get(page).text

    with context.database.read() as db:
        pending = pending_changes(db, programme.edition.id)
        assert [one.name for one in pending.organisations] == ["Muséum de Grenoble"]
        assert pending.to_release == ()
    staff = Staff(context, "coordinator")
    waiting = staff.get(f"{EDITION}/changes").text
    assert "Une structure se présente autrement Muséum de Grenoble" in words_of(waiting)
    panel = waiting.partition('class="release-form"')[2]
    form = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', panel))
    staff.follow(staff.client.post(f"{EDITION}/releases", data=form))

    shown = client.get(page).text
    assert "Un <strong>jardin</strong> et" in shown
    assert "<script>alert(1)" not in shown
    assert 'href="https://museum.example/"' in shown
    assert "Site web : museum.example" in words_of(shown)
    english = client.get(page, headers={"Accept-Language": "en"}).text
    assert "A <strong>garden</strong> and fossils." in english
    assert "Tout est publié" in words_of(staff.get(f"{EDITION}/changes").text)


def test_another_presentation_is_another_release(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.read() as db:
        before = pending_changes(db, programme.edition.id).digest
    present(context, programme)
    with context.database.write() as db:
        assert pending_changes(db, programme.edition.id).digest != before
        assert release(db, programme.edition.id, now=NOW) is not None
        assert release(db, programme.edition.id, now=NOW) is None
        row = db.get_one(Organisation, programme.organisation.id)
        nothing = dict.fromkeys(SAYS)
        save_organisation(db, row.id, row.revision, nothing, **programme.by)
        assert release(db, programme.edition.id, now=NOW) is not None
        db.refresh(row)
        assert row.published is None


def test_a_room_has_a_page_with_its_sessions_and_its_feed(
    programme: DraftedProgramme, client: FlaskClient
) -> None:
    space = programme.space.id
    path = f"/spaces/auditorium-{space}"
    venue = client.get(f"/venues/museum-{programme.venue.id}").text
    assert f'href="{path}"' in venue
    assert f"/feeds/spaces/{space}.ics" in venue

    moved = client.get(f"/spaces/{space}")
    assert (moved.status_code, moved.location) == (301, path)
    page = client.get(path).text
    assert "Voir un muon" in page
    assert "Peser un atome" not in page
    assert f'href="/feeds/spaces/{space}.ics"' in page
    assert f'href="/venues/museum-{programme.venue.id}"' in page
    assert f"/spaces/{space}" in client.get(f"/feeds/spaces/{space}.ics").text.replace("\r\n ", "")
    assert client.get(f"/spaces/{programme.venue.id}").status_code == 404


def test_a_program_sees_what_organisations_would_say_and_may_leave_it_out(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    ask, address = Program(context), "/api/v1/editions/fete-de-la-science-2026"
    present(context, programme)
    whose = {"id": str(programme.organisation.id), "name": "Muséum de Grenoble"}
    told = {**whose, "before": dict.fromkeys(SAYS), "after": SAYS}
    changes = ask("GET", f"{address}/changes")
    tag = {"If_Match": changes.headers["ETag"]}
    assert changes.json["organisations"] == [told]

    out = ask("POST", f"{address}/releases", {"leave_out": [whose["id"]]}, **tag)
    assert (out.status_code, out.json["code"]) == (409, "nothing_to_release")
    made = ask("POST", f"{address}/releases", {}, **tag)
    assert (made.status_code, made.json["organisations"]) == (201, [told])
    assert ask("GET", made.headers["Location"]).json["organisations"] == [told]
    assert ask("GET", f"{address}/releases/1").json["organisations"] == []
    history = ask("GET", f"/api/v1/draft/organisations/{whose['id']}/history").json["items"]
    assert (history[0]["action"], history[0]["after"]) == ("released", {**SAYS, "number": 2})


def test_who_releases_reads_what_an_organisation_says_and_may_leave_it_out(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    present(context, programme)
    staff = Staff(context, "coordinator")
    page = staff.get(f"{EDITION}/changes").text
    assert "avant rien maintenant https://museum.example/" in words_of(page)
    assert "A **garden** and fossils." in words_of(page)
    panel = page.partition('class="release-form"')[2]
    form = dict(re.findall(r'name="(csrf_token|seen|leave_out)"[^>]* value="([^"]*)"', panel))
    assert form["leave_out"] == str(programme.organisation.id)
    left = staff.follow(staff.client.post(f"{EDITION}/releases", data=form))
    assert "Il n’y avait rien à publier" in words_of(left)

    del form["leave_out"]
    made = staff.follow(staff.client.post(f"{EDITION}/releases", data=form))
    assert "avant rien maintenant https://museum.example/" in words_of(made)
    history = staff.get(f"/console/organisations/{programme.organisation.id}").text
    assert "a publié (publication n° 2)" in words_of(history)
