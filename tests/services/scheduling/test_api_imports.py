"""Imports over the API: a file is handed in, its plan is read, and just that is applied."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.import_jobs import LARGEST_FILE, work
from services.scheduling.importers import read_programme
from services.scheduling.models import ImportJob, PublishedSession
from shared.context import ServiceContext
from shared.identifiers import new_id
from tests.services.scheduling.programs import Program
from tests.services.scheduling.schedules import day, event, room, schedule
from tests.services.scheduling.stored_programme import StoredProgramme

IMPORTS = "/api/v1/imports"
UPLOAD = f"{IMPORTS}?edition=fds-2026&filename=salles/rencontres.xml"
FILE = schedule(day(room(event("a"), event("b", duration="never")))).encode()


@pytest.fixture
def program(context: ServiceContext) -> Program:
    with context.database.write() as db:
        StoredProgramme(db)
    return Program(context)


def _plan(program: Program, context: ServiceContext) -> str:
    """Hand the file in and have it planned; return the import's address."""
    made = program("POST", UPLOAD, FILE)
    assert made.status_code == 201, made.text
    address: str = made.headers["Location"]
    work(context, UUID(made.get_json()["id"]), read_programme)
    return address


def _public(context: ServiceContext) -> int:
    with context.database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(PublishedSession)) or 0


def test_a_file_is_planned_read_and_applied_as_drafts(
    program: Program, context: ServiceContext
) -> None:
    address = _plan(program, context)
    answer = program("GET", address)
    planned = answer.get_json()
    assert (planned["state"], planned["edition"], planned["filename"], planned["account"]) == (
        "planned",
        "fds-2026",
        "rencontres.xml",
        "Nour Belkacem",
    )
    assert planned["plan"]["counts"]["sessions"] == {"created": 1, "changed": 0, "unchanged": 0}
    (rejection,) = planned["plan"]["rejections"]
    assert (rejection["source_id"], planned["plan"]["rejected"]) == ("b", 1)
    assert "never" in rejection["reason"]
    assert program("GET", "/api/v1/draft/sessions").get_json()["items"] == []

    assert program("POST", f"{address}/apply", {"as": "drafts"}).status_code == 428
    stale = program("POST", f"{address}/apply", {"as": "drafts"}, If_Match='"another"')
    assert (stale.status_code, stale.get_json()["current"]["state"]) == (412, "planned")
    etag = answer.headers["ETag"]
    accepted = program("POST", f"{address}/apply", {"as": "drafts"}, If_Match=etag)
    assert (accepted.status_code, accepted.get_json()["state"]) == (200, "accepted")
    again = program("POST", f"{address}/apply", {"as": "drafts"}, If_Match=etag)
    assert (again.status_code, again.get_json()["code"]) == (409, "not_now")

    work(context, UUID(planned["id"]), read_programme)
    done = program("GET", address).get_json()
    assert (done["state"], done["release"]) == ("applied", None)
    assert done["report"]["counts"]["sessions"]["created"] == 1
    assert len(program("GET", "/api/v1/draft/sessions").get_json()["items"]) == 1
    assert _public(context) == 0
    assert [item["id"] for item in program("GET", IMPORTS).get_json()["items"]] == [done["id"]]


def test_applying_as_released_takes_the_scope_of_releases(
    program: Program, context: ServiceContext
) -> None:
    address = _plan(program, context)
    etag = program("GET", address).headers["ETag"]
    importer = Program(context, "imports:write")
    released = {"as": "released"}
    refused = importer("POST", f"{address}/apply", released, If_Match=etag)
    assert (refused.status_code, refused.get_json()["scope"]) == (403, "releases:write")
    assert program("POST", f"{address}/apply", released, If_Match=etag).status_code == 200
    work(context, UUID(address.rpartition("/")[2]), read_programme)
    assert (program("GET", address).get_json()["release"], _public(context)) == (1, 1)


def test_the_same_upload_is_kept_once(program: Program, context: ServiceContext) -> None:
    made = [program("POST", UPLOAD, FILE, Idempotency_Key="k") for _ in range(2)]
    assert made[0].get_json() == made[1].get_json()
    other = program("POST", UPLOAD, FILE + b" ", Idempotency_Key="k")
    assert other.status_code == 422
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(ImportJob)) == 1


def test_an_import_can_be_given_up(program: Program, context: ServiceContext) -> None:
    address = _plan(program, context)
    assert program("DELETE", address).status_code == 204
    assert program("DELETE", address).get_json()["code"] == "not_now"
    assert program("GET", address).get_json()["state"] == "abandoned"


@pytest.mark.parametrize(
    ("query", "content", "place", "field"),
    [
        ("edition=nowhere", FILE, "query", "edition"),
        ("", FILE, "query", "edition"),
        ("edition=fds-2026", b"", "body", "body"),
        ("edition=fds-2026&capacity=5", FILE, "query", "capacity"),
        ("edition=fds-2026&registration=elsewhere", FILE, "query", "registration"),
        ("edition=fds-2026&filename=a%00b", FILE, "query", "filename"),
    ],
)
def test_what_is_missing_is_named(
    program: Program, query: str, content: bytes, place: str, field: str
) -> None:
    refused = program("POST", f"{IMPORTS}?{query}", content)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == [place]
    assert list(refused.get_json()["errors"][place]) == [field]


def test_a_file_may_be_large_but_not_endless(program: Program) -> None:
    assert program("POST", UPLOAD, b"x" * 2 * 1024 * 1024).status_code == 201
    assert program("POST", UPLOAD, b"x" * (LARGEST_FILE + 1)).status_code == 413
    elsewhere = {"name_fr": "x" * 2 * 1024 * 1024}
    assert program("POST", "/api/v1/draft/festivals", elsewhere).status_code == 413


def test_imports_are_open_to_the_right_tokens_alone(
    program: Program, context: ServiceContext
) -> None:
    reader = Program(context, "programme:write")
    assert reader("GET", IMPORTS).status_code == 403
    assert reader("POST", UPLOAD, FILE).status_code == 403
    assert program("GET", f"{IMPORTS}/{new_id()}").get_json()["code"] == "unknown"
