"""When registration opens: said of a session or of a whole edition, released, and shown."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.scheduling.domain.editing.editions import save_edition
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.editing.together import Edit, Refused, change_together
from services.scheduling.domain.opening import opens_at, own_opening
from services.scheduling.domain.releasing import pending_changes, release, revert_session
from services.scheduling.domain.session_state import known_state
from services.scheduling.models import Edition, PublishedSession, Session
from shared.context import ServiceContext
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION, only, session_path
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.stored_programme import released_programme

HOUR = timedelta(hours=1)
USUAL = NOW + timedelta(days=2)
OWN = NOW + timedelta(days=3)
LATER: dict[str, Any] = {"account_id": None, "now": NOW + HOUR}


@dataclass
class Opened:
    """What the rule looks at, of a session and of its edition."""

    registration_opens_at: datetime | None = None
    registration: str = "here"
    registration_closes_at: datetime | None = None
    kind: str = "timed"
    starts_at: datetime = OPENING
    ends_at: datetime = OPENING + HOUR


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
    return programme


@pytest.fixture
def ada(context: ServiceContext) -> Staff:
    return Staff(context, "coordinator")


@pytest.mark.parametrize(
    ("session", "usual", "expected"),
    [
        (Opened(), None, None),
        (Opened(), USUAL, USUAL),
        (Opened(OWN), USUAL, OWN),
        (Opened(OWN), None, OWN),
        (Opened(OWN, registration="none"), USUAL, None),
        (Opened(registration_closes_at=USUAL), USUAL, None),
        (Opened(), OPENING, None),
        (Opened(kind="drop_in"), OPENING, OPENING),
    ],
)
def test_a_sessions_own_opening_wins_and_one_that_closes_before_the_usual_is_open_at_once(
    session: Any, usual: datetime | None, expected: datetime | None
) -> None:
    edition: Any = Opened(usual)

    assert opens_at(session, edition) == expected


def test_what_was_released_as_usual_is_nothing_of_the_sessions_own() -> None:
    assert own_opening(USUAL, USUAL) is None
    assert own_opening(OWN, USUAL) == OWN


def test_sessions_released_before_there_were_openings_have_not_changed() -> None:
    after: dict[str, Any] = {
        "is_labelled": False,
        "registration_opens_at": None,
        "presenter_ids": [],
    }

    assert known_state({"is_labelled": False}, after) == {
        **known_state({}, after),
        "is_labelled": False,
    }
    assert known_state({"is_labelled": False}, after)["registration_opens_at"] is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"registration_opens_at": OPENING},
            "Les inscriptions doivent s’ouvrir avant le début de la séance.",
        ),
        (
            {"registration_opens_at": OPENING + HOUR, "kind": "drop_in"},
            "Les inscriptions doivent s’ouvrir avant la fin de la séance.",
        ),
        (
            {"registration_opens_at": OWN, "registration_closes_at": OWN},
            "Les inscriptions doivent s’ouvrir avant leur fin.",
        ),
        (
            {"registration_opens_at": OWN, "registration": "none"},
            "Ceci ne va qu’avec une inscription ici.",
        ),
    ],
)
def test_an_opening_at_which_nobody_could_register_is_refused(
    context: ServiceContext, programme: DraftedProgramme, values: dict[str, Any], sentence: str
) -> None:
    with context.database.write() as db, pytest.raises(Invalid) as caught:
        save_session(db, programme.session.id, 1, values, **LATER)

    said = {name: str(fault) for name, fault in caught.value.faults.items()}
    assert said["registration_opens_at"] == sentence


def test_an_edition_opens_before_it_is_over(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    late = {"registration_opens_at": OPENING + timedelta(days=11)}
    with context.database.write() as db, pytest.raises(Invalid) as caught:
        save_edition(db, programme.edition.id, 1, late, **LATER)

    assert {name: str(fault) for name, fault in caught.value.faults.items()} == {
        "registration_opens_at": "Les inscriptions doivent s’ouvrir avant la fin de l’édition."
    }


def test_an_announced_opening_stays_when_sessions_are_moved_together(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    session_id, opening = programme.session.id, OPENING - timedelta(days=1)
    with context.database.write() as db:
        values = {"registration_opens_at": opening}
        save_session(db, session_id, 1, values, **LATER)
        change_together(db, programme.edition.id, [session_id], Edit(days=1), **LATER)
    moved = only(context, Session)
    assert (moved.starts_at, moved.registration_opens_at) == (OPENING + timedelta(days=1), opening)

    with context.database.write() as db, pytest.raises(Refused) as caught:
        change_together(db, programme.edition.id, [session_id], Edit(days=-3), **LATER)
    assert list(caught.value.faults) == ["days"]


def test_the_editions_opening_is_released_with_its_sessions_and_taken_back_with_them(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    session_id, edition_id = programme.session.id, programme.edition.id
    with context.database.write() as db:
        release(db, edition_id, now=NOW)
        save_edition(db, edition_id, None, {"registration_opens_at": USUAL}, **LATER)
    with context.database.write() as db:
        [change] = pending_changes(db, edition_id).changes
        assert change.fields == ("registration_opens_at",)
        release(db, edition_id, now=NOW + HOUR)
    published = only(context, PublishedSession)
    assert published.registration_opens_at == USUAL
    assert published.details["registration_opens_at"] == USUAL.isoformat()
    assert published.sequence == 0

    with context.database.write() as db:
        save_session(db, session_id, None, {"registration_opens_at": OWN}, **LATER)
        revision = db.get_one(Session, session_id).revision
        revert_session(db, session_id, revision, **LATER)
    assert only(context, Session).registration_opens_at is None


def test_the_pages_say_from_when_one_registers_until_that_very_instant(
    context: ServiceContext, client: FlaskClient, clock: FrozenClock
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(registration="here", registration_opens_at=USUAL)
    path = f"/sessions/{session.id}"

    def read(address: str) -> str:
        return unescape(client.get(address).text).replace("\u00a0", " ")

    before, listed = read(path), read("/")
    assert "Inscriptions à partir du samedi 26 septembre 2026 à 10 h 00" in before
    assert ("Attendre l’ouverture" in before, "M’inscrire" in before) == (True, False)
    assert "Inscription dès le 26 septembre" in listed
    assert "Registration opens on Saturday 26 September 2026" in read(f"{path}?lang=en")
    clock.set(USUAL - timedelta(seconds=90))
    framed = client.get("/embed/fr")
    assert framed.headers["Cache-Control"] == "public, max-age=90"
    assert "Inscription dès 10 h 00" in unescape(framed.text).replace("\u00a0", " ")

    clock.set(USUAL)
    after = read(f"{path}?lang=fr")
    assert ("Inscriptions à partir" in after, "M’inscrire" in after) == (False, True)
    assert "Inscription dès" not in read("/")
    assert client.get("/embed/fr").headers["Cache-Control"] == "public, max-age=300"


def test_programs_are_told_the_opening(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(registration="here", registration_opens_at=USUAL)

    told = client.get(f"/api/v1/sessions/{session.id}").get_json()
    page = client.get(f"/sessions/{session.id}").text
    data = json.loads(page.partition('<script type="application/ld+json">')[2].partition("<")[0])

    assert datetime.fromisoformat(told["registration_opens_at"]) == USUAL
    assert data["offers"]["availabilityStarts"] == "2026-09-26T10:00:00+02:00"


def test_a_sessions_opening_is_typed_in_the_console_on_local_clocks(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    path = session_path(programme)
    half = ada.send(path, opens_on="2026-09-27", opens_at="")
    assert 'id="opens_at-error">Indiquez aussi l’heure.' in unescape(half.text)
    late = ada.send(path, opens_on="2026-10-02", opens_at="10:00")
    assert 'id="opens_on-error">Les inscriptions doivent s’ouvrir avant le début' in unescape(
        late.text
    )

    ada.send(path, opens_on="2026-09-27", opens_at="10:00")

    assert only(context, Session).registration_opens_at == OWN
    kept = fields_of(ada.get(path).text)
    assert (kept["opens_on"], kept["opens_at"]) == ("2026-09-27", "10:00")


def test_an_editions_opening_is_typed_in_the_console_and_told_on_its_sessions_forms(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    late = ada.send(EDITION, opens_on="2026-10-13", opens_at="10:00")
    assert 'id="opens_on-error">Les inscriptions doivent s’ouvrir avant la fin' in unescape(
        late.text
    )

    ada.follow(ada.send(EDITION, opens_on="2026-09-26", opens_at="10:00"))

    with context.database.read() as db:
        assert db.scalar(sa.select(Edition.registration_opens_at)) == USUAL
    form = unescape(ada.get(session_path(programme)).text).replace("\u00a0", " ")
    assert "comme pour toute l’édition, samedi 26 septembre 2026 à 10 h 00." in form
    following = fields_of(ada.get(f"{EDITION}/next").text)
    assert (following["opens_on"], following["opens_at"]) == ("2027-09-25", "10:00")
