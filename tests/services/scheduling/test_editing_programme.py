"""Festivals, editions, organisations, venues, spaces and activities are made and changed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.activities import (
    create_activity,
    delete_activity,
    save_activity,
)
from services.scheduling.domain.editing.communes import ensure_commune
from services.scheduling.domain.editing.editions import (
    create_edition,
    delete_edition,
    save_edition,
)
from services.scheduling.domain.editing.festivals import (
    create_festival,
    delete_festival,
    save_festival,
)
from services.scheduling.domain.editing.organisations import (
    create_organisation,
    delete_organisation,
    save_organisation,
)
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Conflict, Invalid
from services.scheduling.domain.editing.sessions import cancel_session, save_session
from services.scheduling.domain.editing.spaces import create_space, delete_space, save_space
from services.scheduling.domain.editing.venues import create_venue, delete_venue, save_venue
from services.scheduling.domain.releasing import pending_changes, release
from services.scheduling.models import Commune, Edition
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

LATER: dict[str, Any] = {"account_id": None, "now": NOW + timedelta(hours=1)}


@pytest.fixture
def db(context: ServiceContext) -> Iterator[DbSession]:
    with context.database.write() as db:
        yield db


@pytest.fixture
def programme(db: DbSession) -> DraftedProgramme:
    return DraftedProgramme(db)


def faults(save: Callable[..., Any], *arguments: Any) -> dict[str, str]:
    """Save what should be refused and return the sentences by field."""
    with pytest.raises(Invalid) as caught:
        save(*arguments, **LATER)
    return {name: str(sentence) for name, sentence in caught.value.faults.items()}


def test_every_noun_refuses_the_second_of_two_saves(
    db: DbSession, programme: DraftedProgramme
) -> None:
    activity = programme.add_activity()
    for save, row, name in (
        (save_festival, programme.festival, "name_fr"),
        (save_edition, programme.edition, "name_fr"),
        (save_organisation, programme.organisation, "name"),
        (save_venue, programme.venue, "name"),
        (save_space, programme.space, "name"),
        (save_activity, activity, "title_fr"),
    ):
        account_id = new_id()
        saved = save(db, row.id, 1, {name: "Le premier"}, account_id=account_id, now=NOW)
        assert (saved.revision, saved.edited_by_id, saved.edited_at) == (2, account_id, NOW)
        with pytest.raises(Conflict):
            save(db, row.id, 1, {name: "Le second"}, **LATER)
        assert getattr(row, name) == "Le premier"


def test_a_slug_is_proposed_from_the_name_and_numbered_when_taken(db: DbSession) -> None:
    slugs = [create_festival(db, {"name_fr": "Fête  d’été"}, **LATER).slug for _ in range(3)]
    assert slugs == ["fete-d-ete", "fete-d-ete-2", "fete-d-ete-3"]


@pytest.mark.parametrize("slug", ["Fête", "a--b", "-a", "new", "a" * 61, "a/b"])
def test_what_is_no_slug_is_refused(db: DbSession, slug: str) -> None:
    values = {"name_fr": "Fête", "slug": slug}
    assert sorted(faults(create_festival, db, values)) == ["slug"]


def test_a_slug_is_taken_once(db: DbSession, programme: DraftedProgramme) -> None:
    other = create_festival(db, {"name_fr": "Autre"}, **LATER)
    values = {"slug": programme.festival.slug}
    assert faults(save_festival, db, other.id, 1, values) == {
        "slug": "Cette adresse est déjà prise\u00a0: choisissez-en une autre."
    }


def test_a_name_without_letters_has_no_slug(db: DbSession) -> None:
    assert faults(create_festival, db, {"name_fr": "★"}) == {"slug": "Ce champ est obligatoire."}


def test_the_french_name_is_needed(db: DbSession) -> None:
    assert faults(create_festival, db, {"name_en": "Science"}) == {
        "name_fr": "Ce champ est obligatoire."
    }


def test_an_edition_ends_after_it_starts(db: DbSession, programme: DraftedProgramme) -> None:
    values = {"ends_on": date(2026, 10, 1)}
    assert faults(save_edition, db, programme.edition.id, 1, values) == {
        "ends_on": "Le dernier jour ne peut pas être avant le premier."
    }


def test_an_edition_keeps_its_sessions_inside(db: DbSession, programme: DraftedProgramme) -> None:
    programme.add_session(starts_at=OPENING + timedelta(days=10))
    values = {"ends_on": date(2026, 10, 4)}
    assert faults(save_edition, db, programme.edition.id, 1, values) == {
        "ends_on": "Une séance serait hors de l’édition\u00a0: elle est prévue le 12 octobre 2026."
    }
    assert save_edition(db, programme.edition.id, 1, {"ends_on": date(2026, 10, 6)}, **LATER)


def test_an_edition_has_a_known_zone_and_festival(db: DbSession) -> None:
    values = {
        "festival_id": new_id(),
        "name_fr": "Fête",
        "starts_on": date(2026, 10, 2),
        "ends_on": date(2026, 10, 2),
        "time_zone": "Europe/Atlantis",
    }
    assert sorted(faults(create_edition, db, values)) == ["festival_id", "time_zone"]


def test_a_published_edition_keeps_its_address(db: DbSession, programme: DraftedProgramme) -> None:
    assert save_edition(db, programme.edition.id, 1, {"slug": "fds"}, **LATER).slug == "fds"
    programme.add_session()
    release(db, programme.edition.id, now=NOW)
    assert sorted(faults(save_edition, db, programme.edition.id, 2, {"slug": "autre"})) == ["slug"]


def test_a_renamed_festival_waits_to_be_released(
    db: DbSession, programme: DraftedProgramme
) -> None:
    programme.add_session()
    release(db, programme.edition.id, now=NOW)
    save_festival(db, programme.festival.id, 1, {"name_fr": "Fête des sciences"}, **LATER)
    assert pending_changes(db, programme.edition.id).edition_fields == ("festival_fr",)


@pytest.mark.parametrize("name", ["museum de  grenoble", "Muséum de Grenoble"])
def test_an_organisation_is_not_made_twice(
    db: DbSession, programme: DraftedProgramme, name: str
) -> None:
    assert faults(create_organisation, db, {"name": name}) == {
        "name": "Une structure porte déjà ce nom\u00a0: choisissez-la, ou précisez celui-ci."
    }


def test_a_venue_s_name_is_its_own_within_its_commune(
    db: DbSession, programme: DraftedProgramme
) -> None:
    values = {"name": "muséum", "commune_id": programme.commune.id}
    assert sorted(faults(create_venue, db, values)) == ["name"]
    lyon = ensure_commune(db, "Lyon", "69123")
    assert create_venue(db, {**values, "commune_id": lyon.id}, **LATER)


def test_a_position_is_whole(db: DbSession, programme: DraftedProgramme) -> None:
    assert faults(save_venue, db, programme.venue.id, 1, {"latitude": 45.1}) == {
        "longitude": "Indiquez la latitude et la longitude, ou aucune des deux."
    }


def test_a_commune_is_known_by_its_code_and_keeps_its_name(db: DbSession) -> None:
    first, again = ensure_commune(db, "Grenoble", "38185"), ensure_commune(db, "GRENOBLE", "38185")
    abroad, there = ensure_commune(db, "Genève", None), ensure_commune(db, "Genève", "")
    assert (first.id, abroad.id) == (again.id, there.id)
    assert db.scalars(sa.select(Commune.name).order_by(Commune.name)).all() == [
        "Genève",
        "Grenoble",
    ]
    with pytest.raises(Invalid) as caught:
        ensure_commune(db, "", "38000000")
    assert sorted(caught.value.faults) == ["commune_name", "insee_code"]


def test_a_space_has_its_name_for_itself(db: DbSession, programme: DraftedProgramme) -> None:
    values = {"venue_id": programme.venue.id, "name": "AUDITORIUM"}
    assert sorted(faults(create_space, db, values)) == ["name"]
    assert sorted(faults(create_space, db, {"venue_id": new_id(), "name": "X"})) == ["venue_id"]


def test_an_activity_s_ages_are_in_order(db: DbSession, programme: DraftedProgramme) -> None:
    activity = programme.add_activity(age_min=8)
    assert sorted(faults(save_activity, db, activity.id, 1, {"age_max": 6})) == ["age_max"]
    assert save_activity(db, activity.id, 1, {"age_max": 8}, **LATER).age_max == 8


def test_an_activity_is_checked_whole(db: DbSession, programme: DraftedProgramme) -> None:
    values = {
        "edition_id": new_id(),
        "organisation_id": new_id(),
        "title_fr": " ",
        "title_en": "x" * 201,
        "audience": "cats",
        "age_min": 200,
        "link": "javascript:alert(1)",
        "presenters": ["Ada\nMartin"],
    }
    assert sorted(faults(create_activity, db, values)) == sorted(values)


def test_an_activity_s_new_title_is_found(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    save_activity(db, session.activity_id, 1, {"title_fr": "Entendre un neutrino"}, **LATER)
    save_organisation(db, programme.organisation.id, 1, {"name": "Laboratoire"}, **LATER)
    db.refresh(session)
    assert "neutrino" in session.searchable
    assert "laboratoire" in session.searchable


def test_what_is_referred_to_stays(db: DbSession, programme: DraftedProgramme) -> None:
    session = programme.add_session()
    for delete, row_id in (
        (delete_festival, programme.festival.id),
        (delete_edition, programme.edition.id),
        (delete_organisation, programme.organisation.id),
        (delete_venue, programme.venue.id),
        (delete_space, programme.space.id),
        (delete_activity, session.activity_id),
    ):
        with pytest.raises(InUse) as caught:
            delete(db, row_id, 1)
        assert str(caught.value.sentence).endswith(".")


def test_what_nothing_refers_to_goes(db: DbSession, programme: DraftedProgramme) -> None:
    activity = programme.add_activity()
    delete_activity(db, activity.id, 1)
    delete_organisation(db, programme.organisation.id, 1)
    delete_venue(db, programme.venue.id, 1)
    delete_edition(db, programme.edition.id, 1)
    delete_festival(db, programme.festival.id, 1)
    assert db.scalars(sa.select(Edition.id)).all() == []


def test_a_place_that_is_still_announced_stays(db: DbSession, programme: DraftedProgramme) -> None:
    session, library = programme.add_session(), programme.add_venue("Bibliothèque")
    release(db, programme.edition.id, now=NOW)
    values = {"venue_id": library.id, "space_id": None}
    save_session(db, session.id, 1, values, **LATER)
    cancel_session(db, session.id, 2, **LATER)
    with pytest.raises(InUse):
        delete_space(db, programme.space.id, 1)
    with pytest.raises(InUse):
        delete_venue(db, programme.venue.id, 1)
