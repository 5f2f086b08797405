"""The rules of roles hold on every page and in the API: own things, others', and their contacts."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from services.scheduling.domain.accounts import ensure_account
from services.scheduling.domain.editing.organisations import create_organisation, save_organisation
from services.scheduling.domain.editing.venues import save_venue
from services.scheduling.domain.history import step
from services.scheduling.domain.memberships import set_memberships
from services.scheduling.domain.tokens import issue
from services.scheduling.models import Activity, HistoryEntry, Session
from services.scheduling.web import create_app
from shared.api_tokens import SCOPES
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, session_path
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import bearer

#: Names and numbers that are for those concerned alone.
SECRETS = ("Zoé Secrète", "+33 4 76 00 00 01", "Yves Caché", "+33 4 76 00 00 02")


class World:
    """A museum with an activity and a session in its own venue, a library, and nobody's things."""

    library: UUID

    def __init__(self, context: ServiceContext) -> None:
        self.app: Flask = create_app(context)
        self.context = context
        by: dict[str, Any] = {"account_id": None, "now": NOW}
        with context.database.write() as db:
            self.museum = DraftedProgramme(db)
            self.museum.session = self.museum.add_session()
        with context.database.write() as db:
            contact = {"contact_name": SECRETS[0], "contact_telephone": SECRETS[1]}
            save_organisation(db, self.museum.organisation.id, 1, contact, **by)
            contact = {"contact_name": SECRETS[2], "contact_telephone": SECRETS[3]}
            save_venue(db, self.museum.venue.id, 1, contact, **by)
            self.library = create_organisation(db, {"name": "Bibliothèque"}, **by).id

    def staff(self, *roles: str, own: bool = True) -> Staff:
        """Sign somebody in who acts for the museum and its venue, or for the library."""
        organisations = [self.museum.organisation.id if own else self.library]
        name = f"{'-'.join(roles)} {own}"
        venues = [self.museum.venue.id] if own else []
        return Staff(
            self.context,
            *roles,
            name=name,
            app=self.app,
            organisations=organisations,
            venues=venues,
        )

    def ask(self, method: str, path: str, body: Any = None, *, own: bool, **headers: str) -> Any:
        """Ask the API as a program of an organiser of the museum, or of the library."""
        with self.context.database.write() as db:
            account = ensure_account(db, f"{own}@parvis.example", "Lou", ["organiser"], NOW)
            organisation = self.museum.organisation.id if own else self.library
            set_memberships(db, account.id, [organisation], [])
            made = issue(
                db,
                token_id=new_id(),
                account_id=account.id,
                name="Programme",
                scopes=SCOPES,
                days=None,
                now=NOW,
            )
        assert made is not None
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            sent["Idempotency-Key"] = new_id().hex
        return self.app.test_client().open(
            path, method=method, json=body, headers={**bearer(made.value), **sent}
        )


@pytest.fixture
def world(context: ServiceContext) -> World:
    return World(context)


def revisions(context: ServiceContext) -> dict[UUID, int]:
    """Return the revision of everything that an organiser might change."""
    with context.database.read() as db:
        return {
            row.id: row.revision
            for model in (Activity, Session)
            for row in db.execute(sa.select(model.id, model.revision))
        }


@pytest.mark.parametrize(("own", "status"), [(True, 200), (False, 403)], ids=["own", "others'"])
def test_a_program_changes_what_is_its_makers_alone(
    context: ServiceContext, world: World, own: bool, status: int
) -> None:
    before = revisions(context)
    activity, session = world.museum.session.activity_id, world.museum.session.id
    answers = [
        world.ask("PATCH", f"/api/v1/draft/{path}", body, own=own, If_Match='"1"')
        for path, body in (
            (f"activities/{activity}", {"age_min": 7}),
            (f"sessions/{session}", {"capacity": 12}),
        )
    ]

    assert [answer.status_code for answer in answers] == [status, status]
    changed = {row_id for row_id, revision in revisions(context).items() if revision > 1}
    assert changed == ({activity, session} if own else set())
    assert revisions(context).keys() == before.keys()


def test_what_a_program_may_not_do_is_refused_in_words_and_leaves_nothing(
    context: ServiceContext, world: World
) -> None:
    edition = str(world.museum.edition.id)
    made = {"edition_id": edition, "title_fr": "Pirate"}
    activity = f"/api/v1/draft/activities/{world.museum.session.activity_id}"
    refused = [
        world.ask("POST", "/api/v1/draft/venues", {"name": "Ailleurs"}, own=True),
        world.ask("POST", "/api/v1/draft/organisations", {"name": "Nous"}, own=True),
        world.ask(
            "POST",
            "/api/v1/draft/activities",
            {**made, "organisation_id": str(world.museum.organisation.id)},
            own=False,
        ),
        world.ask(
            "PATCH", activity, {"organisation_id": str(world.library)}, own=True, If_Match='"1"'
        ),
        world.ask("DELETE", activity, own=False, If_Match='"1"'),
    ]

    told = [(answer.status_code, answer.get_json()["code"]) for answer in refused]
    assert told == [(403, "forbidden")] * len(refused)
    assert "à vous" in refused[0].get_json()["detail"]
    with context.database.read() as db:
        assert db.scalars(sa.select(Activity.title_fr)).all() == ["Voir un muon"]
        deleted = sa.select(HistoryEntry.id).where(HistoryEntry.action == "deleted")
        assert db.scalars(deleted).all() == []


def test_a_program_makes_activities_of_its_own_organisation(world: World) -> None:
    body = {
        "edition_id": str(world.museum.edition.id),
        "organisation_id": str(world.library),
        "title_fr": "Lire un muon",
    }
    assert world.ask("POST", "/api/v1/draft/activities", body, own=False).status_code == 201


def test_a_program_sees_contacts_of_its_own_alone(world: World) -> None:
    path = f"/api/v1/draft/organisations/{world.museum.organisation.id}"
    seen = [world.ask("GET", path, own=own).get_json()["contact_name"] for own in (True, False)]
    listed = world.ask("GET", "/api/v1/draft/organisations", own=False).get_data(as_text=True)
    history = [world.ask("GET", f"{path}/history", own=own).get_json() for own in (True, False)]

    assert seen == [SECRETS[0], None]
    assert not [secret for secret in SECRETS if secret in listed]
    latest = [found["items"][0] for found in history]
    assert latest[0]["after"] == {
        "contact_name": SECRETS[0],
        "contact_telephone": SECRETS[1],
    }
    assert (latest[1]["action"], latest[1]["after"]) == ("changed", {})


def test_a_program_reads_what_was_written_about_its_own_alone(
    context: ServiceContext, world: World
) -> None:
    activity_id = world.museum.session.activity_id
    with context.database.write() as db:
        activity = db.get_one(Activity, activity_id)
        step(db, activity, "asked", account_id=None, now=NOW, comment="Le budget ?")
    path = f"/api/v1/draft/activities/{activity_id}/history"
    latest = [world.ask("GET", path, own=own).get_json()["items"][0] for own in (True, False)]

    assert [(one["action"], one["comment"]) for one in latest] == [
        ("asked", "Le budget ?"),
        ("asked", None),
    ]


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        ("coordinator", True, 303),
        ("organiser", True, 303),
        ("organiser", False, 403),
        ("venue", True, 403),
        ("reader", True, 403),
        ("door", True, 403),
    ],
)
def test_who_saves_an_activity_in_the_console(
    context: ServiceContext, world: World, role: str, own: bool, status: int
) -> None:
    path = f"{EDITION}/activities/{world.museum.session.activity_id}"
    form = world.staff("coordinator").form_of(path)
    somebody = world.staff(role, own=own)
    form["csrf_token"] = somebody.form_of("/console")["csrf_token"]
    form["title_fr"] = "Voir deux muons"

    answer = somebody.client.post(path, data=form)

    assert answer.status_code == status
    assert max(revisions(context).values()) == (2 if status == 303 else 1)
    if status == 403:
        assert "coordination" in answer.text


def test_what_is_anothers_is_read_and_not_edited(world: World) -> None:
    page = world.staff("organiser", own=False).get(session_path(world.museum)).text

    assert "Voir un muon" in page
    assert '<fieldset class="bare-fields" disabled>' in page
    assert 'class="save-bar"' not in page


def test_a_venue_manager_sees_what_takes_place_there_and_nothing_elsewhere(world: World) -> None:
    here, elsewhere = world.staff("venue"), world.staff("venue", own=False)
    venue = f"/console/venues/{world.museum.venue.id}"

    assert [one.get(venue).status_code for one in (here, elsewhere)] == [200, 403]
    session = session_path(world.museum)
    assert [one.get(session).status_code for one in (here, elsewhere)] == [200, 403]
    assert 'class="save-bar"' in here.get(venue).text
    assert 'class="save-bar"' not in here.get(session).text
    assert "Muséum" in here.get("/console/venues").text
    assert "Muséum" not in elsewhere.get("/console/venues").text
    assert here.get(f"{EDITION}/sessions").status_code == 403


def test_the_page_of_what_is_forbidden_says_why_and_whom_to_ask(world: World) -> None:
    page = unescape(world.staff("door").get("/console/accounts").text)

    assert "Vous êtes connecté·e comme door True (Accueil à l’entrée)" in page
    assert "Demandez-le à la coordination" in page
    assert 'href="/console/sign-in/renew?next=/console/accounts"' in page


@pytest.mark.parametrize(
    ("role", "own"),
    [("organiser", False), ("venue", False), ("door", True)],
    ids=["another organiser", "another venue", "door"],
)
def test_no_page_shows_a_contact_to_the_wrong_person(world: World, role: str, own: bool) -> None:
    somebody = world.staff(role, own=own)
    museum, venue = world.museum.organisation.id, world.museum.venue.id
    todo = [
        "/console",
        f"/console/organisations/{museum}",
        f"/console/venues/{venue}",
        f"{EDITION}/activities/{world.museum.session.activity_id}",
        session_path(world.museum),
        f"/console/history?noun=organisations&row={museum}",
        f"/console/history?noun=venues&row={venue}",
    ]
    seen: set[str] = set()
    while todo and len(seen) < 60:
        path = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        text = unescape(somebody.get(path).data.decode("utf-8", "replace"))
        assert [secret for secret in SECRETS if secret in text] == [], path
        links = re.findall(r'href="(/console[^"#]*)"', text)
        todo += [link for link in links if "sign-" not in link and link not in seen]
    assert len(seen) >= 7
