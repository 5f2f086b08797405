"""Drafts over the API: made, changed, deleted; no change is lost, nothing is done twice."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.releasing import release
from services.scheduling.models import Account, Session, Venue
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.idempotency import KEPT_FOR, KEYS, forget_keys
from shared.identifiers import new_id
from shared.testing.contexts import FrozenClock
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.programs import Program, bearer, token_value
from tests.services.scheduling.stored_programme import StoredProgramme

DRAFT = "/api/v1/draft"
NOUNS = (
    "festivals",
    "editions",
    "organisations",
    "venues",
    "spaces",
    "activities",
    "sessions",
)


@pytest.fixture
def program(context: ServiceContext) -> Program:
    return Program(context)


@pytest.fixture
def programme(context: ServiceContext) -> StoredProgramme:
    with context.database.write() as db:
        return StoredProgramme(db)


def test_a_programme_is_made_from_nothing(program: Program, context: ServiceContext) -> None:
    def make(noun: str, **body: Any) -> dict[str, Any]:
        made = program("POST", f"{DRAFT}/{noun}", body)
        assert made.status_code == 201, made.text
        assert made.headers["Location"] == f"{DRAFT}/{noun}/{made.get_json()['id']}"
        assert made.headers["ETag"] == '"1"'
        assert program("GET", made.headers["Location"]).get_json() == made.get_json()
        content: dict[str, Any] = made.get_json()
        return content

    festival = make("festivals", name_fr="Fête de la science")
    edition = make(
        "editions",
        festival_id=festival["id"],
        name_fr="Fête 2026",
        starts_on="2026-10-02",
        ends_on="2026-10-12",
    )
    assert (festival["slug"], edition["slug"]) == ("fete-de-la-science", "fete-2026")
    organisation = make("organisations", name="Muséum")
    venue = make("venues", name="Muséum", commune={"name": "Grenoble", "insee_code": "38185"})
    assert venue["commune"] == {"insee_code": "38185", "name": "Grenoble"}
    space = make("spaces", venue_id=venue["id"], name="Auditorium", capacity=80)
    activity = make(
        "activities",
        edition_id=edition["id"],
        organisation_id=organisation["id"],
        title_fr="Voir un muon",
        presenters=["Ada Martin"],
    )
    session = make(
        "sessions",
        activity_id=activity["id"],
        venue_id=venue["id"],
        space_id=space["id"],
        starts_at="2026-10-03T10:00:00+02:00",
        ends_at="2026-10-03T11:00:00+02:00",
        registration="here",
        capacity=20,
    )
    with context.database.read() as db:
        account_id = db.scalar(sa.select(Account.id))
    assert session == {
        "id": session["id"],
        "revision": 1,
        "edited_at": "2026-09-24T08:00:00+00:00",
        "edited_by": str(account_id),
        "source": None,
        "source_id": None,
        "uid": f"{session['id']}@parvis",
        "edition_id": edition["id"],
        "activity_id": activity["id"],
        "venue_id": venue["id"],
        "space_id": space["id"],
        "status": "confirmed",
        "kind": "timed",
        "starts_at": "2026-10-03T08:00:00+00:00",
        "ends_at": "2026-10-03T09:00:00+00:00",
        "weekly_hours": [],
        "closures": [],
        "registration": "here",
        "registration_link": None,
        "registration_telephone": None,
        "registration_email": None,
        "registration_full": False,
        "registration_opens_at": None,
        "registration_closes_at": None,
        "capacity": 20,
        "seat_categories": ["adults", "children"],
    }
    assert program("GET", "/api/v1/sessions").get_json()["items"] == []  # nothing is public yet


@pytest.mark.parametrize("noun", NOUNS)
def test_drafts_are_open_to_the_right_tokens_alone(
    program: Program, context: ServiceContext, noun: str
) -> None:
    reader = Program(context, "programme:read")
    stranger = create_app(context).test_client()
    address = f"{DRAFT}/{noun}"
    assert reader("GET", address).status_code == 200
    assert reader("POST", address, {}).status_code == 403
    assert Program(context, "mails:read")("GET", address).status_code == 403
    for method in ("GET", "POST"):
        assert stranger.open(address, method=method).status_code == 401
    for method in ("GET", "PATCH", "DELETE"):
        assert stranger.open(f"{address}/{new_id()}", method=method).status_code == 401


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_is_one_statement_beside_the_tokens_and_pages_give_all(
    program: Program, context: ServiceContext, noun: str
) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
        programme.add_sessions(3)
        programme.add_venue("Casemate")
    program("GET", f"{DRAFT}/{noun}")  # the day of the token's use is noted
    with statements_of(context.database) as sent:
        everything = program("GET", f"{DRAFT}/{noun}").get_json()
    assert len(sent) == 2, sent
    found, cursor = [], ""
    while cursor is not None:
        page = program("GET", f"{DRAFT}/{noun}?limit=1&cursor={cursor}").get_json()
        found += page["items"]
        cursor = page["next"]
    assert found == everything["items"]
    assert found
    assert [item["id"] for item in found] == sorted(item["id"] for item in found)


def test_filters_narrow_a_list(program: Program, context: ServiceContext) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
        session = programme.add_session()
        other = programme.add_session(programme.add_activity("Étoiles"), status="cancelled")

    def ids(noun: str, query: str) -> list[str]:
        answer = program("GET", f"{DRAFT}/{noun}?{query}")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.get_json()["items"]]

    both = [str(session.id), str(other.id)]
    assert ids("sessions", "edition=fds-2026&from=2026-10-02&to=2026-10-02&q=") == both
    assert ids("sessions", "status=cancelled") == both[1:]
    assert ids("sessions", f"activity={session.activity_id}") == both[:1]
    assert ids("sessions", f"venue={new_id()}") == []
    assert ids("sessions", "edition=other") == []
    assert ids("sessions", "from=2026-10-03") == []
    assert ids("activities", "q=etoiles") == ids("activities", "edition=other") == []
    assert ids("activities", "q=toiles&edition=fds-2026") == [str(other.activity_id)]
    assert ids("venues", "commune=38185&q=mus") == [str(programme.venue.id)]
    assert ids("venues", "commune=75056") == []
    assert ids("spaces", f"venue={programme.venue.id}") == [str(programme.space.id)]
    assert ids("editions", f"festival={new_id()}") == []


def test_a_mistyped_filter_is_refused_rather_than_ignored(program: Program) -> None:
    refused = program("GET", f"{DRAFT}/sessions?editon=fds-2026")
    assert refused.status_code == 422
    assert refused.get_json()["errors"] == {"query": {"editon": ["Ce champ n’existe pas."]}}


def test_a_change_names_the_version_that_was_seen(
    program: Program, programme: StoredProgramme
) -> None:
    address = f"{DRAFT}/spaces/{programme.space.id}"
    etag = program("GET", address).headers["ETag"]
    assert program("PATCH", address, {"capacity": 90}).status_code == 428

    changed = program("PATCH", address, {"capacity": 90}, If_Match=etag)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.get_json()["capacity"] == 90
    assert program("GET", address, If_None_Match='"2"').status_code == 304

    stale = program("PATCH", address, {"capacity": 10}, If_Match=etag)
    assert (stale.status_code, stale.get_json()["code"]) == (412, "changed")
    assert stale.headers["ETag"] == '"2"'
    assert stale.get_json()["current"] == changed.get_json()
    assert program("DELETE", address, If_Match=etag).status_code == 412
    for other in ("*", '"99999999999999999999"', '"²"', "2"):
        status = program("PATCH", address, {"capacity": 10}, If_Match=other).status_code
        assert status == (200 if other == "2" else 412), other


def test_an_etag_of_a_compressed_answer_is_as_good(
    program: Program, programme: StoredProgramme
) -> None:
    address = f"{DRAFT}/editions/{programme.edition.id}"
    program("PATCH", address, {"contact_email": "a@example.org"}, If_Match='"1"')
    changed = program("PATCH", address, {"name_en": "Science"}, If_Match='"2-gzip"')
    assert (changed.status_code, changed.get_json()["revision"]) == (200, 3)


def test_the_same_key_writes_once(program: Program, context: ServiceContext) -> None:
    body = {"name": "Muséum"}
    first = program("POST", f"{DRAFT}/organisations", body, Idempotency_Key="once")
    again = program("POST", f"{DRAFT}/organisations", body, Idempotency_Key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (
        False,
        "true",
    )
    other = program("POST", f"{DRAFT}/organisations", {"name": "X"}, Idempotency_Key="once")
    assert other.status_code == 422
    assert list(other.get_json()["errors"]["headers"]) == ["Idempotency-Key"]
    theirs = Program(context)(
        "POST", f"{DRAFT}/festivals", {"name_fr": "F"}, Idempotency_Key="once"
    )
    assert theirs.status_code == 201  # another token's key is another key
    assert len(program("GET", f"{DRAFT}/organisations").get_json()["items"]) == 1


def test_a_repeated_change_gets_its_first_answer_and_a_corrected_one_goes_through(
    program: Program, programme: StoredProgramme
) -> None:
    address = f"{DRAFT}/spaces/{programme.space.id}"
    key = {"If_Match": '"1"', "Idempotency_Key": "k"}
    refused = program("PATCH", address, {"name": ""}, **key)
    assert refused.status_code == 422
    for _ in range(2):
        changed = program("PATCH", address, {"name": "Amphi"}, **key)
        assert (changed.status_code, changed.get_json()["revision"]) == (200, 2)
    gone = {"If_Match": '"2"', "Idempotency_Key": "gone"}
    assert [program("DELETE", address, **gone).status_code for _ in range(2)] == [204, 204]
    assert program("DELETE", address, If_Match='"2"').status_code == 404


def test_what_is_refused_as_in_use_is_refused_again_under_its_key(
    program: Program, context: ServiceContext
) -> None:
    with context.database.write() as db:
        session = StoredProgramme(db).add_session()
    address = f"{DRAFT}/activities/{session.activity_id}"
    for _ in range(2):
        refused = program("DELETE", address, If_Match='"1"', Idempotency_Key="k")
        assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
        with context.database.write() as db:
            db.execute(sa.delete(Session))
    assert program("DELETE", address, If_Match='"1"').status_code == 204


@pytest.mark.parametrize("key", [None, "", "é", "x" * 181, "a b"])
def test_a_key_is_asked_for(program: Program, context: ServiceContext, key: str | None) -> None:
    client = create_app(context).test_client()
    headers = bearer(token_value(context))
    if key is not None:
        headers["Idempotency-Key"] = key
    refused = client.post(f"{DRAFT}/organisations", json={"name": "X"}, headers=headers)
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]["headers"]) == ["Idempotency-Key"]


def test_keys_are_forgotten_after_a_day(
    program: Program, context: ServiceContext, clock: FrozenClock
) -> None:
    program("POST", f"{DRAFT}/organisations", {"name": "Muséum"}, Idempotency_Key="once")
    for seconds, left in ((KEPT_FOR.total_seconds(), 1), (1, 0)):
        clock.advance(seconds=seconds)
        with context.database.write() as db:
            forget_keys(db, now=clock())
            assert db.scalar(sa.select(sa.func.count()).select_from(KEYS)) == left


@pytest.mark.parametrize(
    ("noun", "body", "faults"),
    [
        (
            "venues",
            {"latitude": 91, "commune": {"name": "Grenoble", "insee_code": "38000000000"}},
            {
                "name": ["Ce champ est obligatoire."],
                "latitude": ["Un nombre de -90 à 90 est attendu ici."],
                "commune": {"insee_code": ["C’est trop long\u00a0: il faut au plus 10."]},
            },
        ),
        (
            "venues",
            {"name": "Muséum", "commune": {"name": "Grenoble", "insee_code": "ABC"}},
            {
                "commune": {
                    "insee_code": [
                        "Un code Insee compte cinq caractères, comme 38185\u202f; ce n’est pas le "
                        "code postal."
                    ]
                }
            },
        ),
        ("festivals", {"name_fr": "F", "nom": 1}, {"nom": ["Ce champ n’existe pas."]}),
        ("festivals", {"name_fr": 5}, {"name_fr": ["Un texte est attendu ici."]}),
        ("festivals", ["name_fr"], {"_schema": ["Un objet JSON est attendu ici."]}),
    ],
)
def test_each_fault_is_said_at_its_field_in_french(
    program: Program, noun: str, body: Any, faults: dict[str, Any]
) -> None:
    refused = program("POST", f"{DRAFT}/{noun}", body)
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["errors"] == {"json": faults}
    assert refused.get_json()["detail"] == "Certaines valeurs sont à corriger."


def test_faults_are_said_in_english_to_who_reads_english(program: Program) -> None:
    refused = program("POST", f"{DRAFT}/festivals", {}, Accept_Language="en")
    assert refused.get_json()["errors"] == {"json": {"name_fr": ["This field is required."]}}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"name_fr": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"name_fr=F", "application/x-www-form-urlencoded", 415),
        (b'{"name_fr": "F"}', "application/merge-patch+json", 201),
        (b'{"\\ud800": 1, "name_fr": "F"}', "application/json", 422),
        (b'{"name_fr": "\\ud800"}', "application/json", 422),
        (b'{"name_fr": "a\\u0000b"}', "application/json", 422),
    ],
)
def test_what_is_no_json_or_no_text_is_refused(
    context: ServiceContext, content: bytes, kind: str, status: int
) -> None:
    headers = {**bearer(token_value(context)), "Idempotency-Key": "k", "Content-Type": kind}
    client = create_app(context).test_client()
    answer = client.post(f"{DRAFT}/festivals", data=content, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_commune_is_made_known_once_and_can_be_taken_away(
    program: Program, programme: StoredProgramme, context: ServiceContext
) -> None:
    address = f"{DRAFT}/venues/{programme.venue.id}"
    abroad = {"name": "Genève", "insee_code": None}
    for tag in ('"1"', '"2"'):
        assert program("PATCH", address, {"commune": abroad}, If_Match=tag).status_code == 200
    assert (
        program("PATCH", address, {"commune": None}, If_Match='"2"').get_json()["commune"] is None
    )
    with context.database.read() as db:
        venue = db.get_one(Venue, programme.venue.id)
        assert (venue.revision, venue.commune_id) == (3, None)


def test_a_session_is_cancelled_reinstated_and_reverted(
    program: Program, context: ServiceContext
) -> None:
    with context.database.write() as db:
        programme = StoredProgramme(db)
        session = programme.add_session()
    address = f"{DRAFT}/sessions/{session.id}"
    assert program("POST", f"{address}/revert", If_Match='"1"').get_json()["code"] == (
        "never_released"
    )
    with context.database.write() as db:
        release(db, session.edition_id, now=context.clock())
    assert program("DELETE", address, If_Match='"1"').get_json()["code"] == "in_use"
    cancelled = program("PATCH", address, {"status": "cancelled"}, If_Match='"1"')
    assert (cancelled.get_json()["status"], cancelled.headers["ETag"]) == ("cancelled", '"2"')
    back = program("PATCH", address, {"status": "confirmed", "capacity": None}, If_Match='"2"')
    assert (back.get_json()["status"], back.headers["ETag"]) == ("confirmed", '"3"')
    moved = {"starts_at": "2026-10-03T08:00:00Z", "ends_at": "2026-10-03T09:00:00Z"}
    assert program("PATCH", address, moved, If_Match='"3"').status_code == 200
    reverted = program("POST", f"{address}/revert", If_Match='"4"')
    assert reverted.get_json()["starts_at"] == session.starts_at.isoformat()
    assert reverted.headers["ETag"] == '"5"'


def test_what_is_not_there_is_a_problem(program: Program) -> None:
    for noun in NOUNS:
        address = f"{DRAFT}/{noun}/{new_id()}"
        answers = [
            program("GET", address),
            program("PATCH", address, {}, If_Match='"1"'),
            program("DELETE", address, If_Match='"1"'),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert {answer.get_json()["code"] for answer in answers} == {"unknown"}
