"""Somebody erases themself on a running Parvis, by keyboard alone, and the coordination answers."""

import json
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from deploy.routes import SERVICES
from shared.database import Database
from shared.testing.accessibility import faults_of
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Embedded, Installation
from tests.system.test_the_whole_way import manage_path

EMAIL, NAME, TELEPHONE = "leonie@effacer.example", "Léonie Traçable", "+33 6 98 76 54 32"


@pytest.fixture
def databases(installation: Installation) -> Iterator[list[Database]]:
    """Return every service's database."""
    opened = [Database(installation.database_url(service)) for service in SERVICES]
    yield opened
    for database in opened:
        database.dispose()


def everything(databases: list[Database]) -> str:
    """Return every value of every column of every table of every service, written out.

    But for files that are kept: a sheet, a photograph.
    """
    found = []
    for database in databases:
        metadata = sa.MetaData()
        metadata.reflect(database.engine)
        with database.read() as db:
            for table in metadata.sorted_tables:
                columns = [
                    sa.cast(column, sa.Text)
                    for column in table.columns
                    if not isinstance(column.type, sa.LargeBinary)
                ]
                found += [list(row) for row in db.execute(sa.select(*columns))]
    return json.dumps(found, ensure_ascii=False)


def register(installation: Installation) -> str:
    """Register the person, and return the path of the link in their mail."""
    session = installation.bookable_session()["id"]
    body = {
        "email": EMAIL,
        "name": NAME,
        "telephone": TELEPHONE,
        "locale": "fr",
        "bookings": [{"session_id": session, "party": {"adults": 1}}],
    }
    headers = {"Idempotency-Key": str(uuid4())}
    made = installation.post("/api/v1/registrations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    (mail,) = installation.wait_for_mails(EMAIL)
    return manage_path(mail)


def test_who_erases_themself_leaves_nothing_anywhere_and_the_link_opens_nothing(
    enter, installation, signed_in, databases
):
    path = register(installation)
    token = path.rpartition("/")[2]
    traces = (EMAIL, NAME, TELEPHONE, token)
    assert [trace for trace in traces if trace not in everything(databases)] == []

    somebody = enter()
    somebody.go(path)
    somebody.follow(re.compile("^Mes données"), leading_to="**/my-data")
    for held in (EMAIL, NAME, TELEPHONE):
        expect(somebody.main).to_contain_text(held)
    somebody.follow("Effacer mes données", leading_to="**/erase")
    somebody.press("Oui, tout effacer")
    somebody.page.wait_for_url("**/registrations/erased")
    expect(somebody.main).to_contain_text("Vos données sont effacées")

    for gone in (path, f"{path}/my-data", f"/api/v1{path}", f"/feeds{path}.ics"):
        assert installation.get(gone).status_code == 404
    ada = signed_in(installation, "Ada Martin")
    mails = "/console/mails/personal-data"
    assert wait_until(lambda: ada.submit(mails, who=EMAIL).status_code == 404, PATIENCE)

    def left() -> list[str]:
        return [trace for trace in traces if trace in everything(databases)]

    assert wait_until(lambda: not left(), PATIENCE), left()
    if isinstance(installation, Embedded):
        assert wait_until(lambda: not installation.mails_to(EMAIL), PATIENCE)


def test_the_coordination_answers_a_letter_and_prints_the_record(enter, installation):
    register_as = "courrier@effacer.example"
    installation.register(installation.bookable_session()["id"], register_as)
    installation.wait_for_mails(register_as)
    ada = enter("Ada Martin")

    ada.go("/console/registration/personal-data")
    ada.type("Adresse électronique, ou code d’inscription", register_as)
    ada.press("Voir ce que nous gardons")
    expect(ada.main.get_by_role("heading", level=1)).to_have_text("Ce que nous gardons")
    expect(ada.main).to_contain_text(register_as)
    assert faults_of(ada.page) == []
    with ada.page.expect_download() as download:
        ada.press("Fichier des inscriptions (JSON)")
    held = json.loads(download.value.path().read_text())
    assert [one["email"] for one in held["registrations"]] == [register_as]

    ada.press("Effacer…")
    expect(ada.main.get_by_role("heading", level=1)).to_have_text("Effacer cette personne\u202f?")
    assert faults_of(ada.page) == []
    ada.press("Oui, tout effacer")
    expect(ada.page.get_by_text(re.compile("^Effacé\u00a0: 1 inscription"))).to_be_visible()

    ada.go("/console/mails/personal-data")
    ada.type("Adresse électronique", "personne@effacer.example")
    ada.press("Voir les courriels")
    expect(ada.main).to_contain_text("Nous ne gardons aucun courriel envoyé à cette adresse.")
    assert faults_of(ada.page) == []

    ada.go("/console/registration/processing-record")
    expect(ada.main.get_by_role("heading", level=1)).to_have_text("Registre des traitements")
    expect(ada.main).to_contain_text("Un jour après la séance")
