"""Releasing what is in conflict: told where it is released, ticked by whoever does, and kept."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from services.scheduling.domain.conflicts import accept_conflict, check_edition
from services.scheduling.domain.editing.unavailabilities import create_unavailability
from services.scheduling.models import HistoryEntry, PublishedSession, Release
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.programs import Program

PAGE, RELEASES = f"{EDITION}/changes", f"{EDITION}/releases"
API = "/api/v1/editions/fete-de-la-science-2026"


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme with two sessions in the auditorium at once, the first's makers away."""
    with context.database.write() as db:
        made = DraftedProgramme(db)
        made.session = made.add_session(made.add_activity("Voir un muon"))
        activity = made.add_activity("Peser un atome")
        made.add_session(activity, starts_at=OPENING + timedelta(minutes=30))
        away = {"starts_at": OPENING, "ends_at": OPENING + timedelta(minutes=15)}
        whose = {"organisation_id": made.organisation.id}
        create_unavailability(db, {**whose, **away}, **made.by)
    return made


def form_of(page: str) -> dict[str, str]:
    """Return the fields of the form that publishes; the tick is there but not ticked."""
    form = page.partition('class="release-form"')[2]
    return dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', form))


def tick_of(page: str) -> str:
    found = re.search(r'name="despite" type="checkbox" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def words_of(page: str) -> str:
    return re.sub(r"[\s\u202f\xa0]+", " ", re.sub(r"<[^>]+>", " ", unescape(page)))


def released(context: ServiceContext) -> list[tuple[int, int]]:
    """Return the number of each release, and in spite of how many conflicts it was made."""
    with context.database.read() as db:
        rows = db.execute(sa.select(Release.number, Release.blocking_conflicts))
        return [(row.number, row.blocking_conflicts) for row in rows]


def test_the_page_tells_what_is_in_conflict_with_the_ways_to_it(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    page = Staff(context, "coordinator").get(PAGE).text

    assert "1 conflit bloquant dans ce qui serait publié" in words_of(page)
    assert "Auditorium, Muséum ne reçoit qu’une séance à la fois" in words_of(page)
    assert "Tous les conflits bloquants 1 point à vérifier" in words_of(page)
    for link in (
        f"{EDITION}/conflicts?level=blocks",
        f"{EDITION}/conflicts?level=warns",
        f"{EDITION}/sessions/{programme.session.id}",
    ):
        assert f'href="{link}"' in page


def test_what_blocks_is_released_only_by_a_tick_which_is_kept(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    staff = Staff(context, "coordinator")
    form = form_of(staff.get(PAGE).text)

    for fields in ({}, {"despite": "1"}):
        refused = staff.client.post(RELEASES, data={**form, **fields, "note": "Enfin"})
        assert refused.status_code == 422
        assert "Rien n’est publié : cochez pour publier malgré cela" in words_of(refused.text)
        assert 'value="Enfin"' in refused.text
    assert released(context) == []

    tick = tick_of(refused.text)
    page = staff.follow(staff.client.post(RELEASES, data={**form, "despite": tick}))
    assert "Malgré 1 conflit bloquant" in words_of(page)
    assert released(context) == [(1, 1)]
    with context.database.read() as db:
        told = db.scalars(sa.select(HistoryEntry).where(HistoryEntry.action == "released")).one()
        assert told.after == {"number": 1, "sessions": 2, "blocking_conflicts": 1}
    assert (
        staff.get(f"/console/history?noun=editions&row={programme.edition.id}").status_code == 200
    )


def test_what_somebody_wants_so_is_released_without_a_tick(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    by: dict[str, Any] = {"note": None, "account_id": None, "now": NOW}
    with context.database.write() as db:
        for conflict in check_edition(db, programme.edition.id):
            accept_conflict(db, programme.edition.id, conflict.key, **by)
    staff = Staff(context, "coordinator")
    page = staff.get(PAGE).text
    assert "conflit" not in words_of(page.partition('class="card release-panel"')[2])

    staff.follow(staff.client.post(RELEASES, data=form_of(page)))
    assert released(context) == [(1, 0)]


def test_a_program_says_so_too(context: ServiceContext, programme: DraftedProgramme) -> None:
    ask = Program(context)
    tag = {"If_Match": ask("GET", f"{API}/changes").headers["ETag"]}

    refused = ask("POST", f"{API}/releases", {}, **tag)
    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:parvis:problem:blocking_conflicts",
    )
    seen = ask("GET", f"{API}/changes/conflicts").json
    assert [one["kind"] for one in seen["items"]] == ["space_taken"]
    for unseen in ("0" * 24, None):
        again = ask("POST", f"{API}/releases", {"despite_conflicts": unseen}, **tag)
        assert (again.status_code, again.json["code"]) == (409, "blocking_conflicts")
    untold = ask("POST", f"{API}/releases", {"despite_conflicts": True}, **tag)
    assert list(untold.json["errors"]["json"]) == ["despite_conflicts"]
    made = ask("POST", f"{API}/releases", {"despite_conflicts": seen["digest"]}, **tag)
    assert (made.status_code, made.json["blocking_conflicts"]) == (201, 1)
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(PublishedSession)) == 2


def test_what_is_left_out_stands_in_no_way(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    ask = Program(context)
    changes = ask("GET", f"{API}/changes")
    tag = {"If_Match": changes.headers["ETag"]}
    ids = [item["session_id"] for item in changes.json["items"]]

    made = ask("POST", f"{API}/releases", {"leave_out": ids}, **tag)
    assert (made.status_code, made.json["counts"]) == (201, {})
