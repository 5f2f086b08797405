"""An import followed on its page: handed in, planned in a process of its own, applied or not."""

import io
import re
import subprocess
import sys
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling import import_launcher
from services.scheduling.domain.editing.revisions import change
from services.scheduling.domain.import_jobs import NotNow, accept, next_job, revive, work
from services.scheduling.domain.import_jobs.jobs import SILENCE, begin, give_back
from services.scheduling.domain.import_jobs.working import fail
from services.scheduling.import_launcher import ImportLauncher
from services.scheduling.importers import read_programme
from services.scheduling.models import Edition, ImportJob, PublishedSession, Session
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.schedules import day, event, room, schedule
from tests.services.scheduling.stored_programme import StoredProgramme

IMPORTS = "/console/imports"
FILE = schedule(day(room(event("a"), event("b", duration="never"))))


@pytest.fixture
def staff(context):
    """Return a coordinator at the console of an installation with one edition."""
    with context.database.write() as db:
        StoredProgramme(db)
    return Staff(context, "coordinator")


def hand_in(staff, text: str = FILE, **fields):
    """Hand a file in by the form, and return the answer."""
    form = staff.form_of(IMPORTS)
    given = {"edition": "fds-2026", **fields}
    file = (io.BytesIO(text.encode()), "programmes/rencontres.xml")
    return staff.send(IMPORTS, form, file=file, **given)


def job_of(answer) -> UUID:
    """Return the job that an answer leads to."""
    assert answer.status_code == 303, unescape(answer.text)
    return UUID(answer.location.rpartition("/")[2])


def run(context, job_id: UUID) -> ImportJob:
    """Do what the job's process does, and return the job."""
    work(context, job_id, read_programme)
    with context.database.read() as db:
        return db.get_one(ImportJob, job_id)


def press(staff, job_id: UUID, button: str, **fields):
    """Press a button of the job's page, as it is now unless told what was `seen`."""
    seen = re.search(r'name="seen" value="([^"]*)"', staff.get(f"{IMPORTS}/{job_id}").text)
    form = {"csrf_token": staff.form_of("/console")["csrf_token"]}
    form |= {"seen": seen[1]} if seen else {}
    return staff.send(f"{IMPORTS}/{job_id}/{button}", form, **fields)


def test_a_plan_that_was_made_again_since_it_was_looked_at_is_not_applied(context, staff):
    job_id = job_of(hand_in(staff))
    run(context, job_id)
    press(staff, job_id, "apply", **{"as": "drafts", "seen": "another"})
    assert "relisez-le avant d’appliquer" in unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    with context.database.read() as db:
        assert db.get_one(ImportJob, job_id).state == "planned"


def test_a_file_is_planned_looked_at_and_applied_as_drafts(context, staff):
    job_id = job_of(hand_in(staff))
    waiting = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    assert "Import de rencontres.xml" in waiting
    assert "data-live" in waiting

    run(context, job_id)
    page = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    assert "Appliquer ce plan" in page
    assert "Une heure avec les muons" in page
    assert "Rejetés" in page
    with context.database.read() as db:
        assert db.scalars(sa.select(Session)).all() == []

    press(staff, job_id, "apply", **{"as": "drafts"})
    job = run(context, job_id)
    page = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    assert "Ce sont des brouillons" in page
    assert (job.state, job.content, job.report["counts"]["sessions"]["created"]) == (
        "applied",
        None,
        1,
    )
    with context.database.read() as db:
        assert len(db.scalars(sa.select(Session)).all()) == 1
        assert db.scalars(sa.select(PublishedSession)).all() == []


def test_an_import_that_is_applied_and_released_is_public_and_signed(context, staff):
    job_id = job_of(hand_in(staff, registration="here", capacity="20"))
    run(context, job_id)
    press(staff, job_id, "apply", **{"as": "released"})
    run(context, job_id)

    page = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    assert "/console/editions/fds-2026/releases/1" in page
    assert "Ada Martin" in unescape(staff.get("/console/editions/fds-2026/releases/1").text)
    with context.database.read() as db:
        assert db.scalars(sa.select(PublishedSession.capacity)).all() == [20]


def test_a_plan_that_would_now_do_something_else_is_shown_again(context, staff):
    first = job_of(hand_in(staff))
    run(context, first)
    press(staff, first, "apply", **{"as": "drafts"})
    run(context, first)
    moved = schedule(day(room(event("a", date="2026-10-02T12:00:00+02:00"))))
    job_id = job_of(hand_in(staff, moved))
    run(context, job_id)
    with context.database.write() as db:
        session = db.scalars(sa.select(Session)).one()
        change(
            session,
            {"starts_at": session.starts_at + timedelta(minutes=5)},
            account_id=None,
            now=NOW,
        )
        ours = session.starts_at

    press(staff, job_id, "apply", **{"as": "released"})
    job = run(context, job_id)

    assert job.state == "planned"
    assert "relisez-le avant d’appliquer" in unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    with context.database.read() as db:
        assert db.scalars(sa.select(Session.starts_at)).one() == ours


@pytest.mark.parametrize(
    ("text", "fields", "sentence"),
    [
        ("", {}, "Choisissez un fichier"),
        (FILE, {"edition": "autre"}, "Choisissez l’édition"),
        (FILE, {"capacity": "beaucoup", "registration": "here"}, "Écrivez un nombre entier"),
        (FILE, {"capacity": "5"}, "Une jauge va avec l’inscription ici"),
    ],
)
def test_a_fault_of_the_form_is_told_at_its_field_and_keeps_nothing(
    context, staff, text, fields, sentence
):
    answer = hand_in(staff, text, **fields)

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    with context.database.read() as db:
        assert db.scalars(sa.select(ImportJob)).all() == []


def test_a_file_that_is_no_programme_is_refused_with_a_sentence_and_forgotten(context, staff):
    job_id = job_of(hand_in(staff, "Bonjour"))

    job = run(context, job_id)

    assert (job.state, job.content) == ("refused", None)
    page = unescape(staff.get(f"{IMPORTS}/{job_id}").text)
    assert "n’est aucun des programmes qui se lisent" in page
    english = unescape(staff.get(f"{IMPORTS}/{job_id}?lang=en").text)
    assert "n’est aucun" not in english


def test_an_import_is_given_up_before_anything_is_written(context, staff):
    job_id = job_of(hand_in(staff))
    run(context, job_id)

    page = staff.follow(press(staff, job_id, "abandon"))

    assert "rien n’a été écrit" in page
    with pytest.raises(NotNow), context.database.write() as db:
        accept(db, job_id, is_released=True, now=NOW)
    assert run(context, job_id).state == "abandoned"


def test_one_process_takes_a_job_and_another_takes_it_up_when_the_first_is_dead(
    context, staff, clock
):
    job_id = job_of(hand_in(staff))
    with context.database.write() as db:
        assert begin(db, job_id, clock()) == "planning"
        assert begin(db, job_id, clock()) is None
        assert next_job(db) is None
        assert revive(db, clock()) == 0
    clock.advance(seconds=SILENCE.total_seconds() + 1)
    with context.database.write() as db:
        assert revive(db, clock()) == 1
        assert next_job(db) == job_id
    assert run(context, job_id).state == "planned"


def test_a_job_whose_process_was_stopped_begins_again_and_one_that_failed_says_so(context, staff):
    job_id = job_of(hand_in(staff))
    with context.database.write() as db:
        begin(db, job_id, NOW)
        give_back(db, job_id, NOW)
        assert next_job(db) == job_id
        begin(db, job_id, NOW)
    fail(context, job_id)

    assert "L’import a échoué, et rien n’a été écrit" in unescape(
        staff.get(f"{IMPORTS}/{job_id}").text
    )


def test_the_workers_process_plans_a_real_job(context, staff):
    job_id = job_of(hand_in(staff))
    launcher = ImportLauncher()
    launcher.step(context)
    assert launcher._running is not None
    _job, process = launcher._running

    assert process.wait() == 0
    with context.database.read() as db:
        assert db.get_one(ImportJob, job_id).state == "planned"
    launcher.step(context)
    assert launcher._running is None


def test_a_plan_is_the_same_whoever_makes_it_and_whenever(context, staff, clock):
    digests = set()
    for _ in range(2):
        job = run(context, job_of(hand_in(staff)))
        digests.add(job.plan["digest"])
        clock.advance(minutes=3)
    with context.database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Edition)) == 1

    assert len(digests) == 1


def test_imports_are_the_coordinations(context, staff):
    assert Staff(context, "organiser", name="Zoé").get(IMPORTS).status_code == 403


def ending(monkeypatch, code: str) -> None:
    """Let an import's process be one that only runs this code."""
    monkeypatch.setattr(
        import_launcher, "_start", lambda *_: subprocess.Popen([sys.executable, "-c", code])
    )


def state_after_its_process(context, job_id: UUID) -> str:
    """Start the job's process, let the launcher notice its end, and return the job's state."""
    launcher = ImportLauncher()
    launcher.step(context)
    assert launcher._running is not None
    _job, process = launcher._running
    process.wait(30)
    launcher.step(context)
    launcher.stop(context)
    with context.database.read() as db:
        return db.get_one(ImportJob, job_id).state


def test_a_job_whose_process_ends_before_it_begins_is_not_started_for_ever(
    context, staff, monkeypatch
):
    job_id = job_of(hand_in(staff))
    ending(monkeypatch, "raise SystemExit(3)")
    assert state_after_its_process(context, job_id) == "failed"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_job_whose_process_is_stopped_with_the_machine_begins_again(
    context, staff, monkeypatch, name
):
    job_id = job_of(hand_in(staff))
    with context.database.write() as db:
        begin(db, job_id, context.clock())
    with context.database.read() as db:
        job = db.get_one(ImportJob, job_id)
    assert job.state == "planning"
    launcher = ImportLauncher()
    stopped = f"import os, signal; os.kill(os.getpid(), signal.{name})"
    launcher._running = (job_id, subprocess.Popen([sys.executable, "-c", stopped]))
    launcher._running[1].wait(30)
    ending(monkeypatch, "")
    launcher.step(context)
    launcher.stop(context)
    with context.database.read() as db:
        job = db.get_one(ImportJob, job_id)
    assert (job.state, job.content is None) == ("waiting", False)


def test_an_edition_that_there_is_not_is_refused(staff):
    assert hand_in(staff, edition="fds-1789").status_code == 422
    assert hand_in(staff, edition="\x00").status_code == 422
