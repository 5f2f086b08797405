"""Proposals in the console, on both databases: begun, typed in, taken further, told, released."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.activities import save_activity
from services.scheduling.domain.editing.organisations import create_organisation
from services.scheduling.domain.proposals.ruling import rules_row, save_rules
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import (
    Activity,
    EditionRules,
    HistoryEntry,
    NationalCopy,
    UnplacedSession,
)
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import NOW, FrozenClock
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.drafted_programme import DraftedProgramme

EDITION = "/console/editions/fete-de-la-science-2026"
PROPOSALS = f"{EDITION}/proposals"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    with context.database.write() as db:
        return DraftedProgramme(db)


@pytest.fixture
def coordinator(context: ServiceContext, programme: DraftedProgramme) -> Staff:
    return Staff(context, "coordinator", name="Ada Martin", organisations=[], venues=[])


@pytest.fixture
def organiser(context: ServiceContext, programme: DraftedProgramme) -> Staff:
    """Return somebody who acts for the museum of the programme."""
    return member(context, programme.organisation.id, "Lucie Ampère")


def member(context: ServiceContext, organisation_id: UUID, name: str) -> Staff:
    return Staff(context, "organiser", name=name, organisations=[organisation_id], venues=[])


def rule(context: ServiceContext, programme: DraftedProgramme, **values: Any) -> None:
    """Let the edition take proposals, and ask what is given."""
    with context.database.write() as db:
        row = rules_row(db, programme.edition.id)
        given = {
            "requirements": {},
            "lengths": {},
            "reminder_days": [14, 7, 1],
            "takes_proposals": True,
            "proposals_due_on": None,
            "label_due_on": None,
            "publication_due_on": None,
            "travel_kmh": 40,
            "travel_margin_minutes": 15,
        }
        save_rules(db, programme.edition.id, row.revision, {**given, **values}, **programme.by)


def begin(staff: Staff, title: str = "Voir un muon", **fields: Any) -> UUID:
    answer = staff.send(f"{PROPOSALS}/new", title_fr=title, **fields)
    assert answer.status_code == 303, re.findall(r"<li><a href=.#.*", answer.text)
    return UUID(answer.location.rsplit("/", 1)[1])


def step(staff: Staff, activity_id: UUID, name: str, comment: str = "") -> Any:
    form = {"csrf_token": token(staff), "step": name, "comment": comment}
    return staff.client.post(f"{PROPOSALS}/{activity_id}/steps", data=form)


def token(staff: Staff) -> str:
    return staff.form_of(f"{PROPOSALS}/new")["csrf_token"]


def type_in(staff: Staff, activity_id: UUID, seen: dict[str, Any], **fields: Any) -> Any:
    """Send what was typed, as the browser does; `keep` is what is insisted on."""
    keep = fields.pop("keep", [])
    return staff.client.patch(
        f"{PROPOSALS}/{activity_id}",
        json={"fields": fields, "seen": seen, "keep": keep},
        headers={"X-CSRFToken": token(staff)},
    )


def stored(context: ServiceContext, activity_id: UUID) -> Activity:
    with context.database.read() as db:
        return db.get_one(Activity, activity_id)


def told(context: ServiceContext, name: str) -> list[dict[str, Any]]:
    with context.database.read() as db:
        rows = db.execute(
            sa.select(OUTBOX.c.data)
            .where(OUTBOX.c.type == f"scheduling.{name}")
            .order_by(OUTBOX.c.id)
        )
        return [row.data for row in rows]


def steps_told(context: ServiceContext) -> list[tuple[str, str, list[str]]]:
    return [
        (one["step"], one["state"], [to["email"] for to in one["recipients"]])
        for one in told(context, "proposal_moved")
    ]


def test_a_title_begins_a_proposal_that_only_its_organisation_and_coordinators_see(
    context: ServiceContext,
    programme: DraftedProgramme,
    organiser: Staff,
    coordinator: Staff,
) -> None:
    rule(context, programme)
    with context.database.write() as db:
        other = create_organisation(db, {"name": "Planétarium"}, **programme.by)
    stranger = member(context, other.id, "Emmy Noether")

    activity_id = begin(organiser)

    activity = stored(context, activity_id)
    assert (activity.state, activity.organisation_id, activity.contact_email) == (
        "idea",
        programme.organisation.id,
        "lucie.ampère@parvis.example",
    )
    assert organiser.get(f"{PROPOSALS}/{activity_id}").status_code == 200
    assert "Voir un muon" in coordinator.get(PROPOSALS).text
    assert "Voir un muon" not in stranger.get(PROPOSALS).text
    assert stranger.get(f"{PROPOSALS}/{activity_id}").status_code == 404
    assert type_in(stranger, activity_id, {}, title_fr="Pris").status_code == 404
    assert step(stranger, activity_id, "submit").status_code == 404
    assert stored(context, activity_id).title_fr == "Voir un muon"


def test_organisers_begin_nothing_while_the_edition_takes_none(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    refused = organiser.client.post(
        f"{PROPOSALS}/new", data={"csrf_token": token_of_home(organiser), "title_fr": "Muon"}
    )

    assert refused.status_code == 403
    assert "ne prend pas de projets" in organiser.get(PROPOSALS).text


def token_of_home(staff: Staff) -> str:
    return staff.form_of("/console")["csrf_token"]


def test_nobody_proposes_in_the_name_of_another_organisation(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    with context.database.write() as db:
        other = create_organisation(db, {"name": "Planétarium"}, **programme.by)
    activity_id = begin(organiser)

    answer = organiser.send(f"{PROPOSALS}/new", title_fr="Pris", organisation_id=str(other.id))
    typed = type_in(
        organiser,
        activity_id,
        {"organisation_id": str(programme.organisation.id)},
        organisation_id=str(other.id),
    )

    assert answer.status_code == 422
    assert list(typed.json["faults"]) == ["organisation_id"]
    assert stored(context, activity_id).organisation_id == programme.organisation.id


def test_fields_are_saved_as_they_are_typed_each_for_itself(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)

    answer = type_in(
        organiser,
        activity_id,
        {"description_fr": "", "age_min": "", "languages": [], "link": ""},
        description_fr="Une chambre à brouillard.",
        age_min="huit",
        languages=["en", "fr"],
        link="pas un lien",
        state="accepted",
    )

    assert answer.status_code == 200
    assert sorted(answer.json["saved"]) == ["description_fr", "languages"]
    assert sorted(answer.json["faults"]) == ["age_min", "link"]
    assert answer.json["conflicts"] == {}
    assert "Décrivez" not in unescape(answer.json["checklist"])
    activity = stored(context, activity_id)
    assert (activity.description_fr, activity.languages, activity.age_min, activity.state) == (
        "Une chambre à brouillard.",
        ["fr", "en"],
        None,
        "idea",
    )


def test_two_people_type_at_once_and_nothing_is_overwritten(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff, coordinator: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)
    seen = {"title_fr": "Voir un muon", "theme": ""}

    type_in(coordinator, activity_id, seen, title_fr="Voir des muons")
    other_field = type_in(organiser, activity_id, seen, theme="Physique")
    same_field = type_in(organiser, activity_id, seen, title_fr="Attraper un muon")

    assert (other_field.json["saved"], other_field.json["conflicts"]) == (["theme"], {})
    assert other_field.json["fields"]["title_fr"] == "Voir des muons"
    assert same_field.json["saved"] == []
    assert same_field.json["conflicts"] == {
        "title_fr": {"label": "Titre", "theirs": "Voir des muons"}
    }
    assert stored(context, activity_id).title_fr == "Voir des muons"

    kept = type_in(organiser, activity_id, seen, title_fr="Attraper un muon", keep=["title_fr"])
    assert kept.json["saved"] == ["title_fr"]
    activity = stored(context, activity_id)
    assert (activity.title_fr, activity.theme) == ("Attraper un muon", "Physique")


def test_what_one_person_types_in_one_go_is_one_entry_of_the_history(
    context: ServiceContext,
    clock: FrozenClock,
    programme: DraftedProgramme,
    organiser: Staff,
    coordinator: Staff,
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)

    for was, now in (("", "Un"), ("Un", "Une"), ("Une", "Une trace")):
        type_in(organiser, activity_id, {"description_fr": was}, description_fr=now)
    type_in(organiser, activity_id, {"theme": ""}, theme="Physique")
    type_in(organiser, activity_id, {"theme": "Physique"}, theme="")
    type_in(coordinator, activity_id, {"format": ""}, format="Atelier")
    clock.advance(minutes=8)
    type_in(coordinator, activity_id, {"format": "Atelier"}, format="Jeu")
    clock.advance(minutes=5)
    type_in(coordinator, activity_id, {"format": "Jeu"}, format="Visite")
    clock.advance(minutes=1)
    type_in(organiser, activity_id, {"format": "Visite"}, format="Jeu")

    with context.database.read() as db:
        entries = db.scalars(
            sa.select(HistoryEntry)
            .where(HistoryEntry.row_id == activity_id, HistoryEntry.action == "changed")
            .order_by(HistoryEntry.id)
        )
        assert [(one.account_id, one.before, one.after) for one in entries] == [
            (organiser.account_id, {"description_fr": ""}, {"description_fr": "Une trace"}),
            (coordinator.account_id, {"format": None}, {"format": "Visite"}),
            (organiser.account_id, {"format": "Visite"}, {"format": "Jeu"}),
        ]


def test_without_javascript_the_form_is_sent_whole(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    path = f"{PROPOSALS}/{begin(organiser)}"
    form = organiser.form_of(path)

    answer = organiser.send(path, form, wishes="Plutôt le samedi", title_fr="Muons")
    refused = organiser.send(path, organiser.form_of(path), title_fr="")

    assert answer.status_code == 303
    activity = stored(context, UUID(path.rsplit("/", 1)[1]))
    assert (activity.title_fr, activity.wishes) == ("Muons", "Plutôt le samedi")
    assert refused.status_code == 422


def test_what_cannot_be_understood_changes_nothing(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)
    headers = {"X-CSRFToken": token(organiser)}
    address = f"{PROPOSALS}/{activity_id}"
    before = stored(context, activity_id).revision

    bodies: list[Any] = [[], {"fields": []}, {"fields": {"title_fr": 3}}]
    for body in [*bodies, {"fields": {"title_fr": ["x"]}}]:
        answer = organiser.client.patch(address, json=body, headers=headers)
        assert answer.status_code in (200, 400)
    unprotected = organiser.client.patch(address, json={"fields": {"title_fr": "x"}})

    assert unprotected.status_code == 400
    assert stored(context, activity_id).revision == before


def test_a_proposal_goes_from_idea_to_programme_and_each_step_is_told_and_logged(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff, coordinator: Staff
) -> None:
    rule(context, programme, requirements={"proposal": ["description"], "label": ["theme"]})
    activity_id = begin(organiser)
    lucie, ada = "lucie.ampère@parvis.example", "ada.martin@parvis.example"

    lacking = step(organiser, activity_id, "submit")
    assert lacking.status_code == 422
    assert 'href="#description_fr"' in lacking.text
    assert steps_told(context) == []

    type_in(organiser, activity_id, {"description_fr": ""}, description_fr="Des traces.")
    step(organiser, activity_id, "submit")
    assert step(organiser, activity_id, "accept").status_code == 303  # nothing happens
    assert step(coordinator, activity_id, "ask_changes").status_code == 422  # no comment
    step(coordinator, activity_id, "ask_changes", "Dès quel âge ?")
    step(organiser, activity_id, "submit")
    step(coordinator, activity_id, "accept", "Bravo !")
    step(organiser, activity_id, "comment", "Merci.")

    assert steps_told(context) == [
        ("submit", "submitted", [lucie, ada]),
        ("ask_changes", "changes_asked", [lucie]),
        ("submit", "submitted", [lucie, ada]),
        ("accept", "accepted", [lucie]),
        ("comment", "accepted", [ada]),
    ]
    with context.database.read() as db:
        entries = db.scalars(
            sa.select(HistoryEntry)
            .where(HistoryEntry.row_id == activity_id, HistoryEntry.action != "changed")
            .order_by(HistoryEntry.id)
        )
        assert [(one.action, one.comment, one.account_id) for one in entries] == [
            ("created", None, organiser.account_id),
            ("submit", None, organiser.account_id),
            ("ask_changes", "Dès quel âge ?", coordinator.account_id),
            ("submit", None, organiser.account_id),
            ("accept", "Bravo !", coordinator.account_id),
            ("comment", "Merci.", organiser.account_id),
        ]
    page = unescape(coordinator.get(f"{PROPOSALS}/{activity_id}").text)
    assert page.index("Dès quel âge ?") < page.index("Bravo !") < page.index("Merci.")
    [_first, asked, *_rest] = told(context, "proposal_moved")
    assert asked["link"] == f"{context.settings.public_url}{PROPOSALS}/{activity_id}"
    assert (asked["who"], asked["comment"]) == ("Ada Martin", "Dès quel âge ?")


def test_after_the_last_day_only_the_coordination_and_what_it_asked_for_come_in(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff, coordinator: Staff
) -> None:
    rule(
        context,
        programme,
        requirements={"proposal": []},
        proposals_due_on=NOW.date() - timedelta(days=1),
    )
    late, mended = begin(organiser, "Trop tard"), begin(organiser, "À revoir")

    step(organiser, late, "submit")
    step(coordinator, mended, "submit")
    step(coordinator, mended, "ask_changes", "Un détail.")
    step(organiser, mended, "submit")

    assert stored(context, late).state == "idea"
    assert stored(context, mended).state == "submitted"
    assert "date limite" in organiser.get(f"{PROPOSALS}/{late}").text


def test_the_label_is_asked_for_granted_and_refused_beside_the_rest(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff, coordinator: Staff
) -> None:
    rule(context, programme, requirements={"proposal": [], "label": []})
    activity_id = begin(organiser)
    step(organiser, activity_id, "submit")

    step(organiser, activity_id, "request_label")
    step(coordinator, activity_id, "grant_label")
    assert stored(context, activity_id).label_state == "granted"
    step(coordinator, activity_id, "refuse_label", "Hors des dates officielles.")
    step(organiser, activity_id, "request_label")

    activity = stored(context, activity_id)
    assert (activity.state, activity.label_state) == ("submitted", "requested")


def test_the_table_counts_filters_and_accepts_several_at_once(
    context: ServiceContext, programme: DraftedProgramme, coordinator: Staff
) -> None:
    rule(context, programme, requirements={"proposal": ["theme"], "publication": ["theme"]})
    ids = [
        begin(coordinator, title, organisation_id=str(programme.organisation.id))
        for title in ("Un glacier", "Un muon", "Une étoile")
    ]
    for activity_id in ids[:2]:
        step(coordinator, activity_id, "submit")
    step(coordinator, ids[2], "withdraw")

    page = unescape(coordinator.get(f"{PROPOSALS}?state=submitted").text)
    assert [title in page for title in ("Un glacier", "Un muon", "Une étoile")] == [
        True,
        True,
        False,
    ]
    form = {"csrf_token": token(coordinator), "id": [str(one) for one in ids], "query": ""}
    answer = coordinator.client.post(f"{PROPOSALS}/accept", data=form)

    assert [stored(context, one).state for one in ids] == ["accepted", "accepted", "withdrawn"]
    after = coordinator.follow(answer)
    assert "2 projets validés" in after
    assert "1 autre ne peut pas être validé" in after
    views = unescape(coordinator.get(PROPOSALS).text)
    assert 'Validés, incomplets <span class="count">2</span>' in views


def test_wished_sessions_wait_in_the_planners_tray(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)
    form = {"csrf_token": token(organiser), "minutes": "90", "note": "Salle sombre"}

    organiser.client.post(f"{PROPOSALS}/{activity_id}/sessions", data=form)
    refused = organiser.client.post(
        f"{PROPOSALS}/{activity_id}/sessions", data={**form, "minutes": "beaucoup"}
    )

    with context.database.read() as db:
        [wished] = db.scalars(sa.select(UnplacedSession)).all()
    assert (wished.activity_id, wished.minutes, wished.note) == (activity_id, 90, "Salle sombre")
    assert "Écrivez un nombre entier" in organiser.follow(refused)
    removed = f"{PROPOSALS}/{activity_id}/sessions/{wished.id}/remove"
    organiser.client.post(removed, data={"csrf_token": form["csrf_token"]})
    with context.database.read() as db:
        assert db.scalars(sa.select(UnplacedSession)).all() == []


def test_a_release_leaves_out_what_is_not_ready_and_says_so(
    context: ServiceContext, programme: DraftedProgramme, coordinator: Staff
) -> None:
    rule(context, programme, requirements={"publication": ["theme"]})
    with context.database.write() as db:
        ready = programme_of(db, programme).add_session()
        bare = programme_of(db, programme).add_session()
        idea = programme_of(db, programme).add_session()
        for session, values in ((ready, {"theme": "Physique"}), (bare, {})):
            save_activity(db, session.activity_id, None, {**values}, **programme.by)
        db.get_one(Activity, idea.activity_id).state = "submitted"

    page = unescape(coordinator.get(f"{EDITION}/changes").text)

    assert "2 animations ne sont pas prêtes" in page
    assert f"{PROPOSALS}/{bare.activity_id}#theme" in page
    assert f"{PROPOSALS}/{idea.activity_id}#proposal-state" in page
    with context.database.write() as db:
        released = release(db, programme.edition.id, now=NOW)
    assert released is not None
    assert released.sessions == (ready.id,)


def programme_of(db: Any, programme: DraftedProgramme) -> DraftedProgramme:
    """Return the programme, making rows through this session."""
    programme._db = db
    return programme


def test_what_is_public_stays_so_with_a_warning(
    context: ServiceContext, programme: DraftedProgramme, coordinator: Staff
) -> None:
    with context.database.write() as db:
        session = programme_of(db, programme).add_session()
        release(db, programme.edition.id, now=NOW)
    step(coordinator, session.activity_id, "withdraw")

    page = unescape(coordinator.get(f"{EDITION}/changes").text)

    assert "1 animation publiée n’est plus validée" in page
    with context.database.write() as db:
        pending = pending_changes(db, programme.edition.id)
        assert (pending.left_out, pending.changes) == ((), ())


def test_the_rules_are_kept_and_two_coordinators_do_not_overwrite_each_other(
    context: ServiceContext, programme: DraftedProgramme, coordinator: Staff
) -> None:
    path = f"{EDITION}/rules"
    first, second = coordinator.form_of(path), coordinator.form_of(path)

    first.setlist("ask-publication", ["theme", "image"])
    saved = coordinator.send(
        path, first, takes_proposals="1", proposals_due_on="2026-04-30", reminder_days="3 ; 10"
    )
    refused = coordinator.send(path, second, reminder_days="4")
    faulty = coordinator.send(
        path,
        coordinator.form_of(path),
        **{"length-title": "2", "travel_kmh": "", "label_due_on": "2026-04-01"},
    )

    assert (saved.status_code, refused.status_code, faulty.status_code) == (303, 409, 422)
    for field in ("length-title", "travel_kmh", "label_due_on"):
        assert f'href="#{field}"' in faulty.text
    with context.database.read() as db:
        row = db.get_one(EditionRules, programme.edition.id)
        assert (row.requirements["publication"], row.reminder_days, row.takes_proposals) == (
            ["theme", "image"],
            [10, 3],
            True,
        )
        assert row.proposals_due_on == date(2026, 4, 30)
        assert row.lengths["title"] == 140


def test_the_copy_sheet_keeps_what_is_done_and_where_it_is(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser, "T" * 150)
    type_in(
        organiser, activity_id, {"description_fr": ""}, description_fr="**Des** traces.\n\nIci."
    )
    path = f"{PROPOSALS}/{activity_id}/copy"
    page = unescape(organiser.get(path).text)
    assert "10 caractères de trop" in page
    assert ">\nDes traces.\n\nIci.</textarea>" in page
    marks = dict(_ticks(page))

    form = {"csrf_token": token(organiser)}
    kept = organiser.send(
        path,
        form,
        **{"done-title": marks["title"], "summary": "Court.", "national_link": "exemple.fr/muon"},
    )
    type_in(organiser, activity_id, {"title_fr": "T" * 150}, title_fr="Muon")

    assert kept.status_code == 303
    assert stored(context, activity_id).national_link == "https://exemple.fr/muon"
    with context.database.read() as db:
        copy = db.get_one(NationalCopy, activity_id)
        assert (copy.texts, copy.copied) == ({"summary": "Court."}, {"title": marks["title"]})
    after = unescape(organiser.get(path).text)
    assert "Changé depuis la copie" in after
    assert ">\nCourt.</textarea>" in after
    assert organiser.send(path, form, national_link="là-bas").status_code == 422


def test_what_the_copy_sheet_keeps_by_itself_is_not_told_on_the_next_page(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    path = f"{PROPOSALS}/{begin(organiser, 'Muon')}/copy"
    marks = dict(_ticks(unescape(organiser.get(path).text)))
    form = {"csrf_token": token(organiser), "done-title": marks["title"]}

    assert organiser.send(path, form, quietly="1").status_code == 204
    assert "Enregistré." not in unescape(organiser.get(path).text)
    assert organiser.send(path, form).status_code == 303
    assert "Enregistré." in unescape(organiser.get(path).text)


def _ticks(page: str) -> list[tuple[str, str]]:
    return re.findall(r'name="done-([a-z_]+)" value="([0-9a-f]+)"', page)


def test_the_preview_shows_what_the_public_would_see(
    context: ServiceContext, programme: DraftedProgramme, organiser: Staff
) -> None:
    rule(context, programme)
    activity_id = begin(organiser)
    type_in(
        organiser,
        activity_id,
        {"description_fr": "", "wishes": ""},
        description_fr="<script>alert(1)</script> *Des traces*",
        wishes="Secret",
    )

    page = organiser.get(f"{PROPOSALS}/{activity_id}/preview").text

    assert "<em>Des traces</em>" in page
    assert "<script>alert" not in page
    assert "Secret" not in page


def test_the_lists_are_open_before_an_edition_has_any_deadline(
    coordinator: Staff, organiser: Staff
) -> None:
    assert [one.get(PROPOSALS).status_code for one in (coordinator, organiser)] == [200, 200]
