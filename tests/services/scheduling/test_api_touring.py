"""Programs make resources, tours and stops, and take steps and see papers as their makers may."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from services.scheduling.api.drafts import answers, condition_reports, touring_rights
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.touring.parties import Person
from services.scheduling.models import ConditionReport, Session
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.console_programme import only
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program, bearer, organisers_token, token_value
from tests.services.scheduling.test_images import picture

DRAFT = "/api/v1/draft"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.activity = programme.add_activity("Glaciers d’ici")  # type: ignore[attr-defined]
        return programme


def test_a_program_sends_an_exhibition_around(context: ServiceContext, programme: Any) -> None:
    program = Program(context)
    lent = {"kind": "exhibition", "name": "Glaciers d’ici", "setup_minutes": 60}
    resource = program("POST", f"{DRAFT}/resources", {**lent, "insurance_value": 12_000}).json
    assert (resource["copies"], resource["setup_minutes"]) == (1, 60)
    tour = program("POST", f"{DRAFT}/tours", {"resource_id": resource["id"], "name": "2026"}).json
    wanted = {
        "tour_id": tour["id"],
        "venue_id": str(programme.venue.id),
        "activity_id": str(programme.activity.id),
        "opens_at": OPENING.isoformat(),
        "closes_at": (OPENING + timedelta(days=9)).isoformat(),
    }
    backwards = program("POST", f"{DRAFT}/stops", {**wanted, "closes_at": OPENING.isoformat()})
    assert (backwards.status_code, list(backwards.json["errors"]["json"])) == (422, ["closes_at"])
    papers = {"transporter": "Transports Martin", "contact_name": "Lou", "loan_agreement": "sent"}
    stop = program("POST", f"{DRAFT}/stops", {**wanted, **papers}).json
    assert (stop["state"], stop["arrives_at"]) == ("requested", "2026-10-02T07:00:00+00:00")
    assert {name: stop[name] for name in papers} == papers
    assert stop["insurance_value"] == 12_000

    path = f"{DRAFT}/stops/{stop['id']}"
    steps = f"{path}/steps"
    confirm = {"step": "confirm"}
    assert program("POST", steps, confirm).status_code == 428
    assert program("POST", steps, confirm, If_Match='"7"').status_code == 412
    confirmed = program("POST", steps, confirm, If_Match='"1"').json
    session = only(context, Session)
    assert (confirmed["state"], confirmed["session_id"]) == ("confirmed", str(session.id))
    again = program("POST", steps, confirm, If_Match='"2"')
    assert (again.status_code, again.json["code"]) == (409, "not_possible")
    kept = program("DELETE", path, If_Match='"2"')
    assert (kept.status_code, kept.json["code"]) == (409, "in_use")

    rival = program("POST", f"{DRAFT}/stops", wanted).json
    refused = program("POST", f"{DRAFT}/stops/{rival['id']}/steps", confirm, If_Match='"1"')
    assert (refused.status_code, list(refused.json["errors"]["json"])) == (422, ["opens_at"])
    gone = program("DELETE", f"{DRAFT}/stops/{rival['id']}", If_Match='"1"')
    assert gone.status_code == 204
    listed = program("GET", f"{DRAFT}/stops?tour={tour['id']}").json["items"]
    assert [each["id"] for each in listed] == [stop["id"]]
    used = program("DELETE", f"{DRAFT}/resources/{resource['id']}", If_Match='"1"')
    assert (used.status_code, used.json["code"]) == (409, "in_use")


def test_a_program_may_no_more_than_its_maker(
    context: ServiceContext, programme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(context)
    lent = {"kind": "exhibition", "name": "Glaciers d’ici", "insurance_value": 9_000}
    resource = program("POST", f"{DRAFT}/resources", lent).json
    tour = program("POST", f"{DRAFT}/tours", {"resource_id": resource["id"], "name": "2026"}).json
    wanted = {
        "tour_id": tour["id"],
        "venue_id": str(programme.venue.id),
        "opens_at": OPENING.isoformat(),
        "closes_at": (OPENING + timedelta(days=9)).isoformat(),
    }
    stop = program("POST", f"{DRAFT}/stops", wanted).json
    known = program("GET", f"{DRAFT}/stops/{stop['id']}/history").json["items"][0]["after"]
    assert known["insurance_value"] == 9_000

    stranger = Person(None, frozenset({"organiser"}), frozenset(), frozenset())
    monkeypatch.setattr(touring_rights, "current_person", lambda: stranger)
    name, seen = {"name": "À moi"}, {"If_Match": '"1"'}
    for method, path, body in (
        ("PATCH", f"{DRAFT}/tours/{tour['id']}", name),
        ("DELETE", f"{DRAFT}/tours/{tour['id']}", None),
        ("PATCH", f"{DRAFT}/stops/{stop['id']}", {"transport_minutes": 5}),
        ("DELETE", f"{DRAFT}/stops/{stop['id']}", None),
        ("POST", f"{DRAFT}/stops/{stop['id']}/steps", {"step": "cancel"}),
    ):
        answer = program(method, path, body, **seen)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), path
    monkeypatch.setattr(answers, "as_person", lambda _token: stranger)
    told = program("GET", f"{DRAFT}/stops/{stop['id']}/history").json["items"][0]["after"]
    assert told["state"] == "requested"
    assert not {"insurance_value", "loan_agreement"} & told.keys()
    shown = program("GET", f"{DRAFT}/stops/{stop['id']}").json
    assert (shown["state"], shown["insurance_value"], shown["loan_agreement"]) == (
        *("requested", None, None),
    )
    asked = program("POST", f"{DRAFT}/stops", wanted)  # who asks does not learn what it is worth
    assert asked.json.get("insurance_value") is None
    only_venues = Person(None, frozenset({"venue"}), frozenset(), frozenset())
    monkeypatch.setattr(touring_rights, "current_person", lambda: only_venues)
    assert program("POST", f"{DRAFT}/stops", wanted).status_code == 403


def test_an_organisers_program_sends_its_own_exhibition_and_nobody_elses(
    context: ServiceContext, programme: Any
) -> None:
    with context.database.write() as db:
        other = create_organisation(db, {"name": "Bibliothèque"}, account_id=None, now=NOW)
    own = programme.organisation.id
    lender = Program(context, token=organisers_token(context, "pret@parvis.example", own))
    stranger = Program(context, token=organisers_token(context, "tiers@parvis.example", other.id))
    lent = {"kind": "exhibition", "name": "Glaciers d’ici", "organisation_id": str(own)}
    resource = lender("POST", f"{DRAFT}/resources", lent).json
    named = {"resource_id": resource["id"], "name": "2026", "note": "Deux camions"}
    assert stranger("POST", f"{DRAFT}/tours", named).status_code == 403
    made = lender("POST", f"{DRAFT}/tours", named)
    assert (made.status_code, made.json["note"]) == (201, "Deux camions")
    tour = f"{DRAFT}/tours/{made.json['id']}"
    assert (lender("GET", tour).json["note"], stranger("GET", tour).json["note"]) == (
        "Deux camions",
        None,
    )
    wanted = {
        "tour_id": made.json["id"],
        "venue_id": str(programme.venue.id),
        "activity_id": str(programme.activity.id),
        "opens_at": OPENING.isoformat(),
        "closes_at": (OPENING + timedelta(days=9)).isoformat(),
    }
    tried = stranger("POST", f"{DRAFT}/stops", wanted)
    assert (tried.status_code, list(tried.json["errors"]["json"])) == (422, ["activity_id"])
    asked = lender("POST", f"{DRAFT}/stops", wanted)
    assert (asked.status_code, asked.json["place_agrees"]) == (201, False)
    stop = f"{DRAFT}/stops/{asked.json['id']}"
    first = {"If_Match": '"1"'}
    for path, changes in ((tour, {"name": "À moi"}), (stop, {"transport_minutes": 5})):
        assert stranger("PATCH", path, changes, **first).status_code == 403
        assert stranger("DELETE", path, **first).status_code == 403
        assert lender("PATCH", path, changes, **first).json["revision"] == 2
    confirm = lender("POST", f"{stop}/steps", {"step": "confirm"}, If_Match='"2"')
    assert (confirm.status_code, confirm.json["code"]) == (409, "not_possible")
    assert lender("DELETE", stop, If_Match='"2"').status_code == 204
    assert lender("DELETE", tour, If_Match='"2"').status_code == 204


def test_a_condition_report_is_made_with_photographs_that_its_parties_see(
    context: ServiceContext, programme: Any
) -> None:
    with context.database.write() as db:
        other = create_organisation(db, {"name": "Bibliothèque"}, account_id=None, now=NOW)
    token = organisers_token(context, "pret@parvis.example", programme.organisation.id)
    stranger = Program(context, token=organisers_token(context, "tiers@parvis.example", other.id))
    program, lender = Program(context), Program(context, token=token)
    lent = {"kind": "exhibition", "name": "Glaciers d’ici"}
    lent["organisation_id"] = str(programme.organisation.id)
    resource = program("POST", f"{DRAFT}/resources", lent).json
    tour = program("POST", f"{DRAFT}/tours", {"resource_id": resource["id"], "name": "2026"}).json
    wanted = {"tour_id": tour["id"], "venue_id": str(programme.venue.id)}
    wanted |= {"opens_at": OPENING.isoformat()}
    wanted |= {"closes_at": (OPENING + timedelta(days=9)).isoformat()}
    stop = f"{DRAFT}/stops/{program('POST', f'{DRAFT}/stops', wanted).json['id']}"

    def report(who: str, **form: Any) -> Any:
        headers = {**bearer(who), "Idempotency-Key": new_id().hex}
        sent = {"moment": "arrival", "condition": "damaged", **form}
        return create_app(context).test_client().post(f"{stop}/reports", data=sent, headers=headers)

    silent = report(token)
    assert (silent.status_code, list(silent.json["errors"]["multipart"])) == (422, ["note"])
    photo = {"photos": [(io.BytesIO(b"no picture"), "panneau.jpg")], "note": "Rayé"}
    unreadable = report(token, **photo)
    faults = unreadable.json["errors"]["multipart"]
    assert (unreadable.status_code, list(faults)) == (422, ["photos"])
    written = report(token, note="Rayé", photos="panneau.jpg")
    assert (written.status_code, written.json["errors"]["multipart"]) == (
        422,
        {"photos": {"0": ["Choisissez un fichier\u202f; celui-ci est vide ou manque."]}},
    )
    photo["photos"] = [(io.BytesIO(picture()), "panneau.jpg")]
    made = report(token, **photo, caption="Panneau 3")
    assert made.status_code == 201, made.text
    (told,) = made.json["items"]
    assert (told["condition"], told["note"], told["photos"][0]["caption"]) == (
        *("damaged", "Rayé", "Panneau 3"),
    )
    assert lender("GET", f"{stop}/reports").json == made.json
    address = urlsplit(told["photos"][0]["address"]).path
    shown = lender("GET", address)
    assert (shown.content_type, shown.data[:4]) == ("image/webp", b"RIFF")
    for path in (f"{stop}/reports", address):
        assert stranger("GET", path).status_code == 403
    assert lender("GET", f"{stop}/photos/{new_id()}").status_code == 404


@pytest.mark.parametrize(("change", "status"), [("delete", 404), ("leave", 403)])
def test_a_report_of_a_stop_that_changed_while_photographs_were_scaled_is_refused(
    context: ServiceContext,
    programme: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    status: int,
) -> None:
    program = Program(context)
    lent = {"kind": "exhibition", "name": "Glaciers d’ici"}
    resource = program("POST", f"{DRAFT}/resources", lent).json
    tour = program("POST", f"{DRAFT}/tours", {"resource_id": resource["id"], "name": "2026"}).json
    wanted = {"tour_id": tour["id"], "venue_id": str(programme.venue.id)}
    wanted |= {"opens_at": OPENING.isoformat()}
    wanted |= {"closes_at": (OPENING + timedelta(days=9)).isoformat()}
    stop = f"{DRAFT}/stops/{program('POST', f'{DRAFT}/stops', wanted).json['id']}"
    token = token_value(context)

    def meanwhile(_given: Any) -> list[Any]:
        if change == "delete":
            assert program("DELETE", stop, If_Match='"1"').status_code == 204
        else:
            stranger = Person(None, frozenset({"organiser"}), frozenset(), frozenset())
            monkeypatch.setattr(touring_rights, "current_person", lambda: stranger)
        return []

    monkeypatch.setattr(condition_reports, "prepare_photos", meanwhile)
    sent = {"moment": "arrival", "condition": "good"}
    headers = {**bearer(token), "Idempotency-Key": new_id().hex}
    client = create_app(context).test_client()
    answer = client.post(
        f"{stop}/reports", data=sent, headers=headers, content_type="multipart/form-data"
    )
    assert answer.status_code == status
    with context.database.read() as db:
        assert db.scalars(sa.select(ConditionReport)).all() == []
