"""The categories of people of an edition: made, renamed, put in order, dropped, and chosen from."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.editing.category_fields import with_codes
from services.scheduling.domain.editing.editions import create_edition, save_edition
from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.next_edition import Taken, copy_edition, proposed
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.editing.together import Edit, Refused, change_together
from services.scheduling.domain.party_categories import (
    former_after,
    seated_of,
    usually_seated,
)
from services.scheduling.domain.planning.unplaced import create_unplaced, delete_unplaced
from services.scheduling.domain.releasing import pending_changes, release, revert_session
from services.scheduling.domain.seats import keep_seats
from services.scheduling.models import Edition, PublishedSession, Session
from shared.context import ServiceContext
from shared.contracts.party_categories import usual_categories
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff, fields_of
from tests.services.scheduling.console_programme import EDITION, only, session_path
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.programs import Program

LATER: dict[str, Any] = {"account_id": None, "now": NOW + timedelta(hours=1)}
ADULTS, CHILDREN, PUPILS, ACCOMPANYING = usual_categories()
STUDENTS = {"code": "etudiants", "fr": "Étudiants", "en": "Students"}
NEW = {"fr": "Étudiants", "en": "Students"}
NAMES = st.text(st.sampled_from("aeé1 -&"), min_size=1, max_size=6).filter(str.strip)


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
    return programme


@pytest.fixture
def ada(context: ServiceContext) -> Staff:
    return Staff(context, "coordinator")


def keep(context: ServiceContext, programme: DraftedProgramme, *categories: Any) -> None:
    """Let the edition have these categories."""
    with context.database.write() as db:
        values = {"party_categories": list(categories)}
        save_edition(db, programme.edition.id, None, values, **LATER)


def refusal(context: ServiceContext, programme: DraftedProgramme, *categories: Any) -> str:
    """Return why the edition cannot have these categories."""
    with pytest.raises(Invalid) as caught:
        keep(context, programme, *categories)
    [(field, sentence)] = caught.value.faults.items()
    assert field == "party_categories"
    return str(sentence).replace("\u00a0", " ")


def codes(context: ServiceContext) -> list[str]:
    """Return the codes of the edition's categories, in order."""
    return [one["code"] for one in only(context, Edition).party_categories]


@given(st.lists(NAMES, min_size=1, max_size=12, unique_by=lambda name: name.strip()))
def test_codes_are_slugs_each_another(names: list[str]) -> None:
    made = with_codes([{"fr": name, "en": None} for name in names], [], [])
    found = [one["code"] for one in made]

    assert len(set(found)) == len(names)
    for code in found:
        assert re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", code)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Étudiants", "etudiants"),
        ("Moins de 3 ans", "moins-de-3-ans"),
        ("3-6 ans", "c-3-6-ans"),
        ("大人", "c"),
        ("Key", "key-2"),
        ("Pupils", "pupils-2"),
    ],
)
def test_a_code_is_made_of_the_french_name_and_of_no_other_field_of_the_forms(
    name: str, code: str
) -> None:
    [made] = with_codes([{"fr": name, "en": None}], [ADULTS], [PUPILS])

    assert made == {"code": code, "fr": name, "en": None}


def test_a_name_that_comes_back_is_the_same_category_and_another_never_takes_its_code() -> None:
    renamed = {**STUDENTS, "fr": "Jeunes"}

    assert with_codes([NEW], [ADULTS], [STUDENTS]) == [STUDENTS]
    assert with_codes([NEW], [ADULTS], [renamed]) == [{**STUDENTS, "code": "etudiants-2"}]
    assert former_after([ADULTS, renamed], [PUPILS], [ADULTS]) == [PUPILS, renamed]
    assert former_after([ADULTS], [PUPILS], [ADULTS, PUPILS]) == []
    with pytest.raises(Fault):
        with_codes([{**NEW, "code": "dogs"}], [ADULTS], [])


def test_what_comes_from_elsewhere_seats_those_whom_the_edition_counts() -> None:
    assert seated_of(["pupils", "dogs", "adults"], usual_categories()) == ["pupils", "adults"]
    assert seated_of(["dogs"], [PUPILS, CHILDREN]) == ["children"]
    assert seated_of([], [PUPILS, CHILDREN]) == []
    assert usually_seated([STUDENTS, PUPILS]) == ["etudiants", "pupils"]


def test_categories_are_added_renamed_put_in_order_and_dropped(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    assert only(context, Edition).party_categories == usual_categories()
    grown = {**ADULTS, "fr": "Grandes personnes", "en": None}

    keep(context, programme, CHILDREN, grown, NEW)

    edition = only(context, Edition)
    assert edition.party_categories == [CHILDREN, grown, STUDENTS]
    assert edition.former_categories == [PUPILS, ACCOMPANYING]
    keep(context, programme, CHILDREN, grown, STUDENTS, {"fr": "élèves", "en": None})
    assert codes(context) == ["children", "adults", "etudiants", "pupils"]
    assert only(context, Edition).former_categories == [ACCOMPANYING]


@pytest.mark.parametrize(
    ("categories", "sentence"),
    [
        ([], "Gardez au moins une catégorie de personnes."),
        ([ADULTS, {"fr": " ", "en": None}], "Donnez un nom à chaque catégorie."),
        ([ADULTS, {"fr": "ADULTES", "en": None}], "Deux catégories s’appellent « Adultes »."),
        ([ADULTS, {**ADULTS, "fr": "Grands"}], "Une catégorie est là deux fois."),
        ([{"fr": f"Âge {n}"} for n in range(13)], "C’est trop : indiquez-en 12 au plus."),
    ],
)
def test_categories_that_nobody_could_tell_apart_are_refused_at_their_field(
    context: ServiceContext, programme: DraftedProgramme, categories: list[Any], sentence: str
) -> None:
    assert refusal(context, programme, *categories) == sentence


def test_a_category_that_a_session_seats_placed_or_not_cannot_be_dropped(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        activity = programme.session.activity_id
        values = {"activity_id": activity, "seat_categories": ["pupils"], "registration": "here"}
        waiting = create_unplaced(db, values, **LATER).id
    assert refusal(context, programme, CHILDREN, PUPILS) == (
        "« Adultes » prend une place dans 1 séance : changez-la d’abord."
    )
    assert refusal(context, programme, ADULTS, CHILDREN) == (
        "« Élèves » prend une place dans 1 séance : changez-la d’abord."
    )

    with context.database.write() as db:
        delete_unplaced(db, waiting, None)
        save_session(db, programme.session.id, None, {"seat_categories": ["children"]}, **LATER)
    keep(context, programme, CHILDREN)
    assert codes(context) == ["children"]


def test_a_category_that_a_booking_may_count_cannot_be_dropped(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
        save_session(db, programme.session.id, None, {"seat_categories": ["children"]}, **LATER)
        counted = {"seats_left": 29, "seats_taken": 1, "bookings": 0, "waiting": 1}
        keep_seats(db, programme.session.id, counted, seats_version=7)
    keep(context, programme, ADULTS, CHILDREN, NEW)  # no form asked for a class, nor for students
    keep(context, programme, ADULTS, CHILDREN)
    assert refusal(context, programme, CHILDREN) == (
        "« Adultes » reste : des groupes inscrits à 1 séance peuvent la compter."
    )

    with context.database.write() as db:
        nobody = {"seats_left": 30, "seats_taken": 0, "bookings": 0, "waiting": 0}
        keep_seats(db, programme.session.id, nobody, seats_version=8)
    keep(context, programme, CHILDREN)
    assert codes(context) == ["children"]


def test_where_nobody_registers_here_nobody_has_a_seat_that_keeps_a_category(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    session_id = programme.session.id
    with context.database.write() as db:
        save_session(db, session_id, None, {"registration": "none", "capacity": None}, **LATER)
    keep(context, programme, CHILDREN, NEW)

    with context.database.write() as db:
        [change] = pending_changes(db, programme.edition.id).changes
        assert change.after["seat_categories"] == ["children"]
        save_session(db, session_id, None, {"registration": "here"}, **LATER)
    assert only(context, Session).seat_categories == ["children"]


def test_a_session_that_goes_back_to_its_release_seats_nobody_whom_its_edition_dropped(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    session_id = programme.session.id
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
        save_session(db, session_id, None, {"seat_categories": ["children"]}, **LATER)
    keep(context, programme, CHILDREN)
    with context.database.write() as db:
        revision = db.get_one(Session, session_id).revision
        revert_session(db, session_id, revision, **LATER)
    assert only(context, Session).seat_categories == ["children"]


def test_another_order_of_the_categories_is_no_change_of_a_session(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    keep(context, programme, CHILDREN, ADULTS)
    before = only(context, Session)
    with context.database.write() as db:
        values = {"seat_categories": ["children", "adults"]}
        save_session(db, programme.session.id, None, values, **LATER)

    after = only(context, Session)
    assert (after.seat_categories, after.revision) == (["adults", "children"], before.revision)


def test_the_history_names_those_who_had_a_seat_as_the_edition_does(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    keep(context, programme, *usual_categories(), {**NEW, "fr": "Étudiants, stagiaires"})
    ada.send(session_path(programme), seat_categories=["children", "etudiants-stagiaires"])

    assert "Enfants, Étudiants, stagiaires" in unescape(ada.get(session_path(programme)).text)


def test_a_new_name_waits_on_every_session_and_is_released_with_them(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    edition_id = programme.edition.id
    with context.database.write() as db:
        release(db, edition_id, now=NOW)
    with context.database.read() as db:
        nothing = pending_changes(db, edition_id)
        assert (nothing.changes, nothing.edition_fields) == ((), ())

    keep(context, programme, {**ADULTS, "fr": "Grands"}, CHILDREN)

    with context.database.write() as db:
        pending = pending_changes(db, edition_id)
        assert [change.fields for change in pending.changes] == [("edition",)]
        assert pending.edition_fields == ("party_categories", "former_categories")
        release(db, edition_id, now=NOW + timedelta(hours=2))
    told = only(context, PublishedSession).details["edition"]
    assert told["party_categories"] == [{**ADULTS, "fr": "Grands"}, CHILDREN]
    assert told["former_categories"] == [PUPILS, ACCOMPANYING]


def test_a_session_seats_those_whom_its_edition_counts(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    keep(context, programme, *usual_categories(), NEW)
    session_id = programme.session.id
    with context.database.write() as db, pytest.raises(Invalid) as caught:
        save_session(db, session_id, None, {"seat_categories": ["adults", "dogs"]}, **LATER)
    assert list(caught.value.faults) == ["seat_categories"]
    with context.database.write() as db, pytest.raises(Refused) as refused:
        edit = Edit(values={"seat_categories": ["dogs"]})
        change_together(db, programme.edition.id, [session_id], edit, **LATER)
    assert list(refused.value.faults) == ["seat_categories"]

    with context.database.write() as db:
        edit = Edit(values={"seat_categories": ["etudiants", "children"]})
        change_together(db, programme.edition.id, [session_id], edit, **LATER)
    assert only(context, Session).seat_categories == ["children", "etudiants"]


def test_the_next_edition_takes_the_categories_over_and_its_sessions_choose_among_them(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    keep(context, programme, ADULTS, CHILDREN, NEW)
    with context.database.write() as db:
        values = {"seat_categories": ["adults", "etudiants"]}
        save_session(db, programme.session.id, None, values, **LATER)
    with context.database.write() as db:
        edition = db.get_one(Edition, programme.edition.id)
        wanted = {**proposed(edition), "party_categories": [STUDENTS, CHILDREN]}
        made = copy_edition(db, edition.id, wanted, Taken(), **LATER)
        db.flush()
        seated = db.scalar(sa.select(Session.seat_categories).where(Session.edition_id == made.id))

        assert proposed(edition)["party_categories"] == [ADULTS, CHILDREN, STUDENTS]
        assert (made.party_categories, made.former_categories) == ([STUDENTS, CHILDREN], [])
        assert seated == ["etudiants"]

        silent = {**proposed(edition), "name_fr": "Fête 2028"}
        del silent["party_categories"]
        after = copy_edition(db, edition.id, silent, Taken(), **LATER)
        assert after.party_categories == [ADULTS, CHILDREN, STUDENTS]


def test_a_new_edition_begins_with_the_usual_categories(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    with context.database.write() as db:
        values = {
            "festival_id": programme.festival.id,
            "name_fr": "Fête 2027",
            "starts_on": programme.edition.starts_on,
            "ends_on": programme.edition.ends_on,
        }
        assert create_edition(db, values, **LATER).party_categories == usual_categories()


def test_categories_are_edited_on_the_editions_page_and_chosen_on_the_sessions(
    context: ServiceContext, ada: Staff, programme: DraftedProgramme
) -> None:
    form = fields_of(ada.get(EDITION).text)
    assert [form[f"party_categories-{n}-code"] for n in range(4)] == [
        one["code"] for one in usual_categories()
    ]
    asked = {
        "party_categories-0-place": "9",
        "party_categories-1-fr": "Moins de 18 ans",
        "party_categories-4-fr": "Étudiants",
        "party_categories-4-en": "Students",
    }
    dropped = {
        f"party_categories-{n}-{field}": "" for n in (2, 3) for field in ("code", "fr", "en")
    }
    page = ada.follow(ada.send(EDITION, **asked, **dropped))
    assert only(context, Edition).party_categories == [
        {**CHILDREN, "fr": "Moins de 18 ans"},
        ADULTS,
        STUDENTS,
    ]
    assert "Moins de 18 ans" in page

    session = unescape(ada.get(session_path(programme)).text)
    assert [f'value="{code}"' in session for code in ("children", "etudiants", "pupils")] == [
        True,
        True,
        False,
    ]
    ada.send(session_path(programme), seat_categories=["etudiants"])
    assert only(context, Session).seat_categories == ["etudiants"]

    without = {f"party_categories-2-{field}": "" for field in ("code", "fr", "en")}
    refused = ada.send(EDITION, **without)
    assert refused.status_code == 422
    assert 'id="party_categories-error">«\u00a0Étudiants\u00a0» prend une place' in unescape(
        refused.text
    )


def test_programs_edit_categories_and_are_told_them(
    context: ServiceContext, client: FlaskClient, programme: DraftedProgramme
) -> None:
    program = Program(context)
    path = f"/api/v1/draft/editions/{programme.edition.id}"
    seen = program("GET", path)
    assert seen.get_json()["party_categories"] == usual_categories()
    wanted = {"party_categories": [ADULTS, CHILDREN, NEW]}
    saved = program("PATCH", path, wanted, If_Match=seen.headers["ETag"])
    assert saved.get_json()["party_categories"] == [ADULTS, CHILDREN, STUDENTS]
    nobody: Any = {"party_categories": []}
    refused = program("PATCH", path, nobody, If_Match=saved.headers["ETag"])
    assert refused.status_code == 422

    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    [public] = client.get("/api/v1/editions?lang=en").get_json()["items"]
    assert public["party_categories"] == [
        {"code": "adults", "name": "Adults"},
        {"code": "children", "name": "Children"},
        {"code": "etudiants", "name": "Students"},
    ]
