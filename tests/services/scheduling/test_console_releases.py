"""The release pages: what waits side by side, how many it touches, and publishing what was seen."""

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.revisions import change
from services.scheduling.domain.releasing import count_candidates
from services.scheduling.models import Activity, PublishedSession, Release, Session
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme

PAGE = "/console/editions/fds-2026/changes"
RELEASES = "/console/editions/fds-2026/releases"


@pytest.fixture
def staff(context):
    """Return a coordinator at the console."""
    return Staff(context, "coordinator")


@pytest.fixture
def sessions(context):
    """Store four released sessions with people in them; return their ids, in order of time."""
    with context.database.write() as db:
        stored = StoredProgramme(db)
        ids = [session.id for session in stored.add_sessions(4)]
        stored.release()
        db.execute(sa.update(PublishedSession).values(bookings=7, seats_taken=19, waiting=2))
    return ids


def release_form(page: str) -> dict[str, str]:
    """Return the fields of the form that publishes, as a page has them."""
    names = ("csrf_token", "seen")
    form = page.partition('class="release-form"')[2]
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', form)[0] for name in names}


def publish(staff, **fields):
    """Open the page, publish what it shows, and return the answer."""
    return staff.send(RELEASES, release_form(staff.get(PAGE).text), **fields)


def edit(context, session_id, **values):
    """Change a session as an editor does."""
    with context.database.write() as db:
        change(db.get_one(Session, session_id), values, account_id=None, now=NOW)


def published(context, session_id):
    """Return what the public is shown of a session."""
    with context.database.read() as db:
        return db.get_one(PublishedSession, session_id)


def test_what_waits_is_shown_before_and_after_with_how_many_people_it_touches(
    context, staff, sessions
):
    edit(context, sessions[0], starts_at=OPENING + timedelta(minutes=15))
    edit(context, sessions[1], status="cancelled")
    edit(context, sessions[2], capacity=5)

    page = " ".join(unescape(staff.get(PAGE).text).split())

    assert "3 changements prêts à être publiés" in page
    assert "18 courriels au plus partiront" in page
    assert page.index("Annulée") < page.index("Déplacée") < page.index("Modifiée")
    assert "7 inscriptions" in page
    assert "(19 places), 2 en attente" in page
    assert "Jauge dépassée" in page


def test_a_change_of_an_activity_is_one_card_for_all_its_sessions(context, staff, sessions):
    with context.database.write() as db:
        activity = db.scalars(sa.select(Activity)).one()
        change(activity, {"title_fr": "Voir deux muons"}, account_id=None, now=NOW)

    page = unescape(staff.get(PAGE).text)

    assert page.count('<li class="change changed">') == 1
    assert "4 séances" in page


def test_publishing_makes_public_what_was_looked_at(context, staff, sessions):
    edit(context, sessions[0], capacity=12)

    page = staff.follow(publish(staff, note=" Jauge  revue "))

    assert "C’est publié : le public voit maintenant ces changements." in page
    assert "Jauge revue" in page
    assert published(context, sessions[0]).capacity == 12
    with context.database.read() as db:
        made = db.scalars(sa.select(Release).order_by(Release.number.desc())).first()
    assert (made.number, made.account_id) == (2, staff.account_id)
    assert "Tout est publié" in unescape(staff.get(PAGE).text)


def test_what_changed_since_the_page_was_opened_is_shown_and_not_published(
    context, staff, sessions
):
    edit(context, sessions[0], capacity=12)
    seen = release_form(staff.get(PAGE).text)
    edit(context, sessions[1], capacity=9)

    answer = staff.send(RELEASES, seen)

    assert answer.status_code == 409
    assert "Rien n’a été publié" in unescape(answer.text)
    assert published(context, sessions[0]).capacity is None
    again = staff.send(RELEASES, release_form(answer.text))
    assert again.status_code == 303
    assert published(context, sessions[1]).capacity == 9


def test_changes_are_put_aside_and_taken_back(context, staff, sessions):
    edit(context, sessions[0], capacity=12)
    edit(context, sessions[1], capacity=9)
    hold = "/console/editions/fds-2026/changes/hold"
    token = {"csrf_token": staff.form_of(PAGE)["csrf_token"]}

    staff.send(hold, token, id=str(sessions[0]), do="hold")
    publish(staff)

    assert published(context, sessions[0]).capacity is None
    assert published(context, sessions[1]).capacity == 9
    assert "Mises de côté" in staff.get(PAGE).text
    staff.send(f"{hold}?kind=held", token, everything="1", do="take")
    publish(staff)
    assert published(context, sessions[0]).capacity == 12


def test_the_history_says_what_each_release_changed_for_ever(context, staff, sessions):
    edit(context, sessions[0], starts_at=OPENING + timedelta(minutes=15))
    publish(staff)
    edit(context, sessions[0], starts_at=OPENING + timedelta(minutes=30))
    publish(staff)

    second = unescape(staff.get("/console/editions/fds-2026/releases/2").text)
    listed = unescape(staff.get("/console/editions/fds-2026/releases").text)

    words = re.sub(r"<[^>]+>", "", second)
    assert "10\u00a0h\u00a015" in words
    assert "10\u00a0h\u00a030" not in words
    assert [f"Publication {n}" in listed for n in (1, 2, 3)] == [True] * 3
    assert staff.get("/console/editions/fds-2026/releases/9").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees", "publishes"),
    [("organiser", 200, 403), ("reader", 200, 403), ("door", 403, 403)],
)
def test_only_the_coordination_publishes(context, sessions, role, sees, publishes):
    edit(context, sessions[0], capacity=12)
    coordinator, other = Staff(context, "coordinator"), Staff(context, role, name=role)
    form = release_form(coordinator.get(PAGE).text)
    form["csrf_token"] = other.form_of("/console")["csrf_token"]

    assert other.get(PAGE).status_code == sees
    assert other.send(RELEASES, form).status_code == publishes
    assert published(context, sessions[0]).capacity is None


def test_what_was_edited_and_taken_back_by_hand_waits_no_longer(context, staff, sessions):
    edit(context, sessions[0], capacity=5)
    edit(context, sessions[0], capacity=None)
    edit(context, sessions[1], capacity=8)
    assert staff.get(PAGE).status_code == 200

    with context.database.read() as db:
        edition_id = db.get_one(Session, sessions[0]).edition_id
        assert count_candidates(db, edition_id) == 1


def test_a_number_that_no_release_has_leads_nowhere(staff, sessions):
    assert staff.get(f"{RELEASES}/2").status_code == 404
    assert staff.get(f"{RELEASES}/{10**12}").status_code == 404
    assert staff.get(f"{RELEASES}/1?page={10**30}").status_code == 200
    assert staff.get(RELEASES.replace("fds-2026", "%00")).status_code == 404


def test_organisers_are_offered_to_put_aside_only_what_is_theirs(context, staff, sessions):
    edit(context, sessions[0], capacity=12)
    boxes = re.compile(r'name="id" value="([^"]+)"')
    pages = [
        one.get(PAGE).text
        for one in (
            staff,
            Staff(context, "organiser", name="Inès Ravel"),
            Staff(context, "organiser", name="Zoé Petit", organisations=()),
        )
    ]
    own = [str(sessions[0])]
    assert [boxes.findall(page) for page in pages] == [own, own, []]
