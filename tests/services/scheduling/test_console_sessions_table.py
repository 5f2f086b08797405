"""The table of sessions: filtered, sorted, kept as views, and told when it is out of date."""

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.revisions import change
from services.scheduling.models import Organisation, PublishedSession, SavedView, Session
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import OPENING, StoredProgramme

TABLE = "/console/editions/fds-2026/sessions"


@pytest.fixture
def staff(context):
    """Return a coordinator at the console."""
    return Staff(context, "coordinator")


@pytest.fixture
def ids(context):
    """Store an edition of three released sessions and a draft; return their ids by title."""
    with context.database.write() as db:
        stored = StoredProgramme(db)
        library = stored.add_venue("Bibliothèque", time_zone=None)
        made = {
            "Muons": stored.add_session(
                stored.add_activity("Muons"), registration="here", capacity=12
            ),
            "Glaciers": stored.add_session(
                stored.add_activity("Glaciers", audience="schools"),
                starts_at=OPENING + timedelta(days=2),
                venue_id=library.id,
                space_id=None,
            ),
            "Étoiles": stored.add_session(
                stored.add_activity("Étoiles"),
                starts_at=OPENING + timedelta(days=4),
                kind="drop_in",
            ),
        }
        stored.release()
        made["Brouillon"] = stored.add_session(
            stored.add_activity("Brouillon"), starts_at=OPENING + timedelta(days=5)
        )
        db.execute(
            sa.update(PublishedSession)
            .where(PublishedSession.id == made["Muons"].id)
            .values(bookings=7, seats_taken=14, seats_left=0)
        )
        return {title: session.id for title, session in made.items()}


def titles(page: str, known) -> list[str]:
    """Return the titles of the sessions on a page, in its order."""
    text = unescape(page)
    return [
        title for _, title in sorted((text.index(f">{t}<"), t) for t in known if f">{t}<" in text)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Muons", "Glaciers", "Étoiles", "Brouillon"]),
        ("sort=-when", ["Brouillon", "Étoiles", "Glaciers", "Muons"]),
        ("sort=title", ["Brouillon", "Glaciers", "Muons", "Étoiles"]),
        ("sort=-seats", ["Muons", "Glaciers", "Étoiles", "Brouillon"]),
        ("q=etoil", ["Étoiles"]),
        ("day_from=2026-10-04&day_to=2026-10-05", ["Glaciers"]),
        ("audience=schools", ["Glaciers"]),
        ("kind=drop_in", ["Étoiles"]),
        ("way_in=here", ["Muons"]),
        ("state=draft", ["Brouillon"]),
        ("state=waiting", ["Brouillon"]),
        ("state=released", ["Muons", "Glaciers", "Étoiles"]),
        ("state=full", ["Muons"]),
        ("state=overbooked", ["Muons"]),
        (
            "state=nonsense&day_from=tomorrow&venue=none",
            ["Muons", "Glaciers", "Étoiles", "Brouillon"],
        ),
        ("q=rien", []),
    ],
)
def test_sessions_are_filtered_and_sorted_by_the_address(staff, ids, query, expected):
    page = staff.get(f"{TABLE}?{query}").text

    found = titles(page, ids)
    if query == "sort=title":  # databases sort accents each in their own way
        assert sorted(found) == sorted(expected)
    else:
        assert found == expected


def test_a_venue_narrows_the_table_and_can_be_taken_out_again(context, staff, ids):
    with context.database.read() as db:
        venue_id = db.get_one(Session, ids["Glaciers"]).venue_id

    page = staff.get(f"{TABLE}?venue={venue_id}&sort=-when").text

    assert titles(page, ids) == ["Glaciers"]
    assert f'href="{TABLE}?sort=-when"' in page


def test_a_view_is_kept_shared_and_forgotten_by_its_maker_alone(context, staff, ids):
    other = Staff(context, "organiser", name="Zoé")
    token = {"csrf_token": staff.form_of("/console")["csrf_token"]}

    staff.send(
        f"{TABLE}/views", token, name=" Écoles ", query="audience=schools&page=4", is_shared="1"
    )
    staff.send(f"{TABLE}/views", token, name="À moi", query="q=muons")

    assert f'href="{TABLE}?audience=schools"' in staff.get(TABLE).text
    assert "Écoles" in other.get(TABLE).text
    assert "À moi" not in other.get(TABLE).text
    with context.database.read() as db:
        view_id = db.scalar(sa.select(SavedView.id).where(SavedView.name == "Écoles"))
    theirs = {"csrf_token": other.form_of("/console")["csrf_token"]}
    assert other.send(f"{TABLE}/views/{view_id}/remove", theirs).status_code == 404
    assert staff.send(f"{TABLE}/views/{view_id}/remove", token).status_code == 303
    assert "Écoles" not in other.get(TABLE).text


def test_a_view_without_a_name_is_refused_with_a_sentence(staff, ids):
    token = {"csrf_token": staff.form_of("/console")["csrf_token"]}

    page = staff.follow(staff.send(f"{TABLE}/views", token, name="  ", query="q=muons"))

    assert "Donnez un nom à cette vue." in page


def test_an_open_table_is_told_of_a_change_and_of_nothing_else(context, staff, ids):
    page = staff.get(TABLE).text
    address = unescape(page.split('data-live="')[1].split('"')[0])

    assert staff.get(address).status_code == 204
    with context.database.write() as db:
        change(db.get_one(Session, ids["Muons"]), {"capacity": 20}, account_id=None, now=NOW)
    told = staff.get(address)
    assert told.status_code == 200
    assert "Le programme a changé" in told.text
    again = staff.get(address, headers={"If-None-Match": told.headers["ETag"]})
    assert again.status_code == 304


def test_chosen_sessions_are_put_aside_together(context, staff, ids):
    token = {"csrf_token": staff.form_of("/console")["csrf_token"]}

    staff.send(f"{TABLE}/hold", token, id=[str(ids["Muons"])], do="hold", query="")
    staff.send(f"{TABLE}/hold", token, everything="1", do="hold", query="kind=drop_in")

    with context.database.read() as db:
        held = set(db.scalars(sa.select(Session.id).where(Session.held_back)))
    assert held == {ids["Muons"], ids["Étoiles"]}


def test_the_number_of_statements_does_not_grow_with_the_table(context, staff):
    def statements(path: str) -> int:
        with statements_of(context.database) as sent:
            assert staff.get(path).status_code == 200
        return len(sent)

    with context.database.write() as db:
        stored = StoredProgramme(db)
        stored.add_sessions(2)
    few = statements(TABLE)
    with context.database.write() as db:
        activity = db.scalars(sa.select(Session)).first().activity_id
        venue = db.scalars(sa.select(Session)).first().venue_id
        edition = db.scalars(sa.select(Session)).first().edition_id
        for number in range(80):
            db.add(
                Session(
                    edition_id=edition,
                    activity_id=activity,
                    venue_id=venue,
                    uid=f"{number}@parvis",
                    starts_at=OPENING,
                    ends_at=OPENING + timedelta(hours=1),
                    edited_at=NOW,
                )
            )
    assert statements(TABLE) == few


def test_a_reader_looks_and_changes_nothing(context, ids):
    reader = Staff(context, "reader", name="Lou")
    token = {"csrf_token": reader.form_of("/console")["csrf_token"]}

    assert "Nouvelle séance" not in reader.get(TABLE).text
    assert reader.send(f"{TABLE}/hold", token, id=str(ids["Muons"])).status_code == 403
    assert Staff(context, "door", name="Max").get(TABLE).status_code == 403


def test_organisers_choose_among_their_own_sessions_and_find_them_at_once(context, ids):
    with context.database.write() as db:
        other = Organisation(name="Club d’astronomie", edited_at=NOW)
        db.add(other)
        db.flush()
        own = other.id
        stars = db.get(Session, ids["Étoiles"])
        stars.activity.organisation_id = own
    organiser = Staff(context, "organiser", name="Inès Ravel", organisations=[own])
    whole, mine = organiser.get(TABLE).text, organiser.get(f"{TABLE}?organisation={own}").text
    boxes = re.compile(r'name="id" value="([^"]+)"')
    assert (boxes.findall(whole), boxes.findall(mine)) == ([str(ids["Étoiles"])],) * 2
    assert (titles(whole, ids), titles(mine, ids)) == (list(ids), ["Étoiles"])
    assert f'href="{TABLE}?organisation={own}"' in whole
