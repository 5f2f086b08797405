"""Who sees the names of those registered: a table of roles, then every page, file and log."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import openpyxl
import pytest
from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from services.registration.domain.names import may_see_names, may_see_numbers
from services.registration.models import NameAccess
from services.registration.web import create_app
from shared.api_tokens import hash_api_token, keep_issued, new_api_token
from shared.context import ServiceContext
from shared.contracts.scheduling import API_TOKEN_ISSUED
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from shared.web.sign_in import SignedInAccount, issue_account_cookie
from tests.contracts.golden import golden
from tests.services.registration.factories import publish, register, request, session_data, wanted

MUSEUM, LIBRARY = new_id(), new_id()
HALL, YARD = new_id(), new_id()

NAME = "Camille Dupré-Lançon"


def viewer(
    *roles: str,
    organisations: tuple[UUID, ...] = (),
    venues: tuple[UUID, ...] = (),
    sees_names: bool = False,
) -> SignedInAccount:
    """Return somebody of the staff."""
    return SignedInAccount(new_id(), "Nour", roles, new_id(), organisations, venues, sees_names)


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [
        (viewer("coordinator"), "numbers", "numbers"),
        (viewer("coordinator", sees_names=True), "names", "names"),
        (viewer("organiser", organisations=(MUSEUM,)), "names", "nothing"),
        (viewer("organiser", organisations=(MUSEUM, LIBRARY)), "names", "names"),
        (viewer("organiser"), "nothing", "nothing"),
        (viewer("venue", venues=(HALL,)), "names", "nothing"),
        (viewer("venue", organisations=(MUSEUM,)), "nothing", "nothing"),
        (viewer("reader"), "numbers", "numbers"),
        (viewer("reader", organisations=(MUSEUM,)), "numbers", "numbers"),
        (viewer("door"), "nothing", "nothing"),
        (viewer("coordinator", "organiser", organisations=(MUSEUM,)), "names", "numbers"),
    ],
    ids=lambda given: " ".join(given.roles) if isinstance(given, SignedInAccount) else given,
)
def test_who_sees_what_of_a_session(who: SignedInAccount, own: str, others: str) -> None:
    def seen(organisation: UUID, venue: UUID) -> str:
        if may_see_names(who, organisation, venue):
            return "names"
        return "numbers" if may_see_numbers(who, organisation, venue) else "nothing"

    assert (seen(MUSEUM, HALL), seen(LIBRARY, YARD)) == (own, others)


def test_a_session_of_nobody_is_nobodys() -> None:
    assert not may_see_names(viewer("organiser", organisations=(MUSEUM,)), None, None)


@pytest.fixture
def app(context: ServiceContext) -> Flask:
    return create_app(context)


@pytest.fixture
def session(context: ServiceContext) -> UUID:
    """Return a session of the museum, in the hall, with one party."""
    published = publish(
        context,
        organisation={"id": str(MUSEUM), "name": "Muséum", "email": None},
        venue=venue(HALL),
    )
    party = request(wanted(published, adults=2, children=1), name=NAME, email="camille@example.org")
    register(context, party)
    return published


def venue(identifier: UUID) -> dict[str, object]:
    return {
        "id": str(identifier),
        "name": "Grande salle",
        "address": None,
        "postcode": None,
        "commune": None,
        "latitude": None,
        "longitude": None,
    }


def browser(app: Flask, account: SignedInAccount) -> Client:
    """Return the browser of somebody who is signed in."""
    with app.test_request_context():
        response = Response()
        issue_account_cookie(response, account)
    client = app.test_client()
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


def accesses(context: ServiceContext) -> list[tuple[str, str, int, str | None]]:
    with context.database.read() as db:
        rows = db.query(NameAccess).order_by(NameAccess.id)
        return [(row.account_name, row.kind, row.names, row.purpose) for row in rows]


def export(client: Client, session: UUID, **form: str) -> TestResponse:
    page = client.get(f"/console/registration/sessions/{session}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    path = f"/console/registration/sessions/{session}/names"
    return client.post(path, data={"csrf_token": token[1] if token else "", **form})


def test_the_organisation_sees_its_names_and_that_is_kept(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    client = browser(app, viewer("organiser", organisations=(MUSEUM,)))

    assert "Voir un muon" in client.get("/console/registration").text
    assert accesses(context) == []
    page = client.get(f"/console/registration/sessions/{session}").text

    assert NAME in page
    assert "2 adultes, 1 enfant" in page
    assert accesses(context) == [("Nour", "page", 1, None)]


def test_the_coordination_sees_numbers_and_no_name(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    client = browser(app, viewer("coordinator"))
    page = client.get(f"/console/registration/sessions/{session}").text

    assert "3 / 10" in page
    for word in (NAME, "camille@example.org", "Emporter la liste"):
        assert word not in page
    assert export(client, session, kind="csv", purpose="Voir").status_code in (400, 403)
    assert accesses(context) == []


@pytest.mark.parametrize(
    "who",
    [
        viewer("organiser", organisations=(LIBRARY,)),
        viewer("venue", venues=(YARD,)),
        viewer("door"),
    ],
    ids=lambda who: who.roles[0],
)
def test_others_see_nothing_of_it(
    context: ServiceContext, app: Flask, session: UUID, who: SignedInAccount
) -> None:
    client = browser(app, who)

    assert "Voir un muon" not in client.get("/console/registration").text
    assert client.get(f"/console/registration/sessions/{session}").status_code == 403
    assert accesses(context) == []


def test_an_export_says_what_for_and_is_kept(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    client = browser(app, viewer("venue", venues=(HALL,)))

    refused = export(client, session, kind="csv", purpose="  ")
    assert refused.status_code == 422
    assert "Dites à quoi servira la liste" in refused.text
    file = export(client, session, kind="csv", purpose="Émargement")

    [head, row] = csv.reader(io.StringIO(file.data.decode("utf-8-sig")), delimiter=";")
    assert head[:2] == ["Nom", "Adresse électronique"]
    assert row[:2] + row[3:9] == [
        NAME,
        "camille@example.org",
        "Confirmée",
        "2",
        "1",
        "0",
        "0",
        "3",
    ]
    assert accesses(context)[-1] == ("Nour", "csv", 1, "Émargement")
    assert file.headers["Cache-Control"] == "no-store"


def test_a_name_like_a_formula_stays_a_name(context: ServiceContext, app: Flask) -> None:
    published = publish(context, organisation={"id": str(MUSEUM), "name": "Muséum", "email": None})
    evil = "=HYPERLINK(1)"
    register(context, request(wanted(published, adults=1), name=evil, email="e@example.org"))
    client = browser(app, viewer("organiser", organisations=(MUSEUM,)))

    text = export(client, published, kind="csv", purpose="Voir").data.decode("utf-8-sig")
    assert next(iter(list(csv.reader(io.StringIO(text), delimiter=";"))[1])) == f"'{evil}"
    book = openpyxl.load_workbook(
        io.BytesIO(export(client, published, kind="xlsx", purpose="Voir").data)
    )
    cell = book.active["A2"]
    assert (cell.value, cell.data_type) == (evil, "s")


def test_the_log_is_for_the_coordination(
    context: ServiceContext, app: Flask, session: UUID
) -> None:
    museum = browser(app, viewer("organiser", organisations=(MUSEUM,)))
    export(museum, session, kind="xlsx", purpose="Émargement à l’entrée")

    page = browser(app, viewer("coordinator")).get("/console/names-log").text
    assert page.count("Voir un muon") == 2
    assert "Émargement à l’entrée" in page
    assert NAME not in page
    assert museum.get("/console/names-log").status_code == 403


@pytest.mark.parametrize(
    ("rights", "status", "counted"),
    [
        ({"roles": ["organiser"], "organisation_ids": [str(MUSEUM)]}, 200, 1),
        ({"roles": ["organiser"], "organisation_ids": [str(LIBRARY)]}, 403, 0),
        ({"roles": ["coordinator"], "organisation_ids": []}, 403, 1),
        ({"roles": ["coordinator"], "organisation_ids": [], "sees_names": True}, 200, 1),
    ],
    ids=["own", "another's", "coordination", "granted"],
)
def test_a_program_sees_what_its_maker_may(
    context: ServiceContext, app: Flask, session: UUID, rights: dict, status: int, counted: int
) -> None:
    value, event = new_api_token(), golden(API_TOKEN_ISSUED)
    event.data.update({"token_hash": hash_api_token(value), "sees_names": False, **rights})
    with context.database.write() as db:
        keep_issued(db, event)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {value}"}
    names = client.get(f"/api/v1/registration/sessions/{session}/registrations", headers=headers)
    counts = client.get("/api/v1/registration/sessions", headers=headers)

    assert (names.status_code, len(counts.get_json()["items"])) == (status, counted)
    assert (NAME in names.get_data(as_text=True)) == (status == 200)
    expected = [("Nour Belkacem", "api", 1, None)] if status == 200 else []
    assert accesses(context) == expected


def test_what_is_over_is_listed_when_asked_for(context: ServiceContext, app: Flask) -> None:
    day = NOW - timedelta(days=3)
    publish(context, starts_at=day.isoformat(), ends_at=(day + timedelta(hours=1)).isoformat())
    client = browser(app, viewer("coordinator"))

    assert "Voir un muon" not in client.get("/console/registration").text
    assert "Voir un muon" in client.get("/console/registration?when=all&q=MUON").text
    assert "Voir un muon" not in client.get("/console/registration?when=all&q=100%25").text


def test_the_list_is_narrowed_to_what_is_of_an_organisation_or_at_a_venue(
    context: ServiceContext, app: Flask
) -> None:
    titles = {"Voir un muon": MUSEUM, "Peser un atome": LIBRARY}
    for title, organisation in titles.items():
        publish(
            context,
            title={"fr": title, "en": None},
            organisation={"id": str(organisation), "name": f"Structure de {title}", "email": None},
            venue={**session_data()["venue"], "id": str(organisation), "name": f"Lieu de {title}"},
        )
    client = browser(app, viewer("coordinator"))

    def listed(query: str) -> list[str]:
        page = unescape(client.get(f"/console/registration{query}").text)
        return [title for title in titles if f">{title}</a>" in page]

    assert listed("") == list(titles)
    assert listed(f"?organisation={MUSEUM}") == ["Voir un muon"]
    assert listed(f"?venue={LIBRARY}") == ["Peser un atome"]
    assert listed(f"?venue={LIBRARY}&organisation={MUSEUM}") == []
    assert listed("?organisation=nobody") == list(titles)
    page = unescape(client.get(f"/console/registration?organisation={MUSEUM}").text)
    assert f'<input type="hidden" name="organisation" value="{MUSEUM}">' in page
    assert 'href="/console/registration"><span class="visually-hidden">Retirer le filtre' in page
    assert "Structure de Voir un muon" in page


@pytest.mark.parametrize("words", ["muon", "a+MUON", "casemate", "grenoble+voir", "saint-laurent"])
def test_a_session_is_found_by_its_titles_and_where_it_is(
    context: ServiceContext, app: Flask, words: str
) -> None:
    publish(context)
    found = (
        "Voir un muon"
        in browser(app, viewer("coordinator")).get(f"/console/registration?q={words}").text
    )

    assert found == (words != "saint-laurent")
