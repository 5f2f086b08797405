"""Exports as files: for anybody what is published, for who prepares the edition its drafts."""

import json

import pytest
import sqlalchemy as sa

from services.scheduling import export_answers, exporting
from services.scheduling.domain.releasing import release
from services.scheduling.exporters import FORMATS
from services.scheduling.models import Activity
from services.scheduling.web import create_app
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.programs import Program
from tests.services.scheduling.stored_programme import StoredProgramme, edit, released_programme

PUBLIC = tuple(known.name for known in FORMATS if not known.for_staff)
SLUG = "fds-2026"
FILE = f"/api/v1/editions/{SLUG}/export"
DRAFT = f"/api/v1/draft/editions/{SLUG}/export"


@pytest.fixture
def stored(context):
    """Return the id of an edition with one released session, whose title was changed since."""
    with released_programme(context) as programme:
        programme.add_session(registration="here", capacity=12)
        edition_id = programme.edition.id
    with context.database.write() as db:
        edit(db.scalars(sa.select(Activity)).one(), title_fr="Un secret")
    return edition_id


@pytest.mark.parametrize("name", PUBLIC)
def test_anybody_is_given_what_is_published_and_nothing_else(client, stored, name):
    answer = client.get(FILE, query_string={"as": name})
    chosen = next(known for known in FORMATS if known.name == name)

    assert answer.status_code == 200
    assert answer.content_type == chosen.content_type
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{SLUG}-{name}.{chosen.extension}"'
    )
    assert b"Un secret" not in answer.data
    again = client.get(
        FILE, query_string={"as": name}, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_is_another_once_something_is_released(context, client, stored):
    before = client.get(FILE, query_string={"as": "frab"})
    with context.database.write() as db:
        release(db, stored, now=NOW)

    after = client.get(
        FILE, query_string={"as": "frab"}, headers={"If-None-Match": before.headers["ETag"]}
    )

    assert after.status_code == 200
    assert "Un secret" in after.text


def test_drafts_are_given_to_a_program_that_may_read_them(context, stored):
    answer = Program(context, "programme:read")("GET", f"{DRAFT}?as=frab")

    assert answer.status_code == 200
    assert "Un secret" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert Program(context, "mails:read")("GET", f"{DRAFT}?as=frab").status_code == 403
    assert create_app(context).test_client().get(f"{DRAFT}?as=frab").status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/editions/nowhere/export?as=frab", 404),
        ("/api/v1/editions/%00/export?as=frab", 404),
        (f"{FILE}?as=zip", 422),
        (FILE, 422),
    ],
)
def test_what_cannot_be_given_is_refused(client, stored, path, status):
    assert client.get(path).status_code == status


def test_of_an_edition_that_was_never_released_nobody_is_given_anything(context, client):
    with context.database.write() as db:
        StoredProgramme(db).add_session()

    assert client.get(f"{FILE}?as=frab").status_code == 404
    assert Program(context)("GET", f"{DRAFT}?as=frab").status_code == 200


def test_a_large_edition_is_written_by_a_process_of_its_own(context, client, stored, monkeypatch):
    here = client.get(f"{FILE}?as=pretalx").data
    monkeypatch.setattr(exporting, "SMALL", 0)

    there = create_app(context).test_client().get(f"{FILE}?as=pretalx").data

    assert json.loads(there) == json.loads(here)


def test_a_process_that_fails_is_told_and_another_answer_is_not(
    context, client, stored, monkeypatch
):
    monkeypatch.setattr(exporting, "SMALL", 0)
    monkeypatch.setattr(exporting, "_PROCESS", "services.scheduling.no_such_process")

    answer = client.get(f"{FILE}?as=frab")

    assert (answer.status_code, answer.json["code"]) == (503, "export_failed")


def test_what_many_fetch_is_written_once(client, stored, monkeypatch):
    written = []

    def make(*args, **options):
        written.append(args[1])
        return exporting.make_export(*args, **options)

    monkeypatch.setattr(export_answers, "make_export", make)

    answers = [client.get(f"{FILE}?as=ics").data for _ in range(3)]

    assert written == [SLUG]
    assert len(set(answers)) == 1


def test_the_console_offers_every_format_published_and_as_a_draft(context, stored):
    staff = Staff(context, "reader")

    page = staff.get(f"/console/editions/{SLUG}/exports").text
    drafts = {
        known.name: staff.get(f"/console/editions/{SLUG}/exports/{known.name}") for known in FORMATS
    }

    links = [f'href="{FILE}?as={name}&amp;lang=fr"' for name in PUBLIC]
    assert [link for link in links if link not in page] == []
    assert {answer.status_code for answer in drafts.values()} == {200}
    assert "Un secret" in drafts["frab"].text
    assert staff.get(f"/console/editions/{SLUG}/exports/zip").status_code == 404
    assert staff.get("/console/editions/nowhere/exports").status_code == 404
    assert staff.get("/console/exports").headers["Location"] == f"/console/editions/{SLUG}/exports"
    door = Staff(context, "door", name="Zoé")
    assert door.get(f"/console/editions/{SLUG}/exports").status_code == 403
