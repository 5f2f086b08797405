"""A process that is killed at any moment loses nothing and does nothing twice."""

import signal
import threading

import sqlalchemy as sa

from shared.database import Database
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Embedded


def test_the_mail_goes_out_once_though_the_process_was_killed_after_the_confirmation(tmp_path):
    parvis = Embedded(tmp_path / "data").start()
    session_id = parvis.bookable_session()["id"]
    sent_before_the_kill = []
    addresses = []
    for attempt in range(6):
        email = f"visitor-{attempt}@example.org"
        addresses.append(email)
        answer = parvis.register(session_id, email, adults=1)
        assert answer.status_code == 201
        if attempt % 2:  # let the events get further on their way: counted, not timed
            for _ in range(attempt * 3):
                parvis.get("/healthz")
        parvis.process.kill()
        sent_before_the_kill.append(len(parvis.mails()))
        parvis.start()

    parvis.wait_for_mails(*addresses)
    assert [len(parvis.mails_to(email)) for email in addresses] == [1] * len(addresses)
    assert min(sent_before_the_kill) < len(addresses)
    assert parvis.process.stop() == 0


def test_killed_in_the_middle_of_many_registrations_every_confirmed_one_gets_its_mail(tmp_path):
    parvis = Embedded(tmp_path / "data").start()
    sessions = [s["id"] for s in parvis.sessions() if s["registration"] == "here"][:8]
    assert wait_until(lambda: parvis.get(f"/register/{sessions[-1]}").ok, PATIENCE)
    confirmed: list[str] = []
    enough = threading.Event()

    def visit(number: int) -> None:
        for attempt in range(40):
            email = f"visitor-{number}-{attempt}@example.org"
            try:
                answer = parvis.register(sessions[number], email, adults=1)
            except OSError:
                return  # the process is dead
            if answer.status_code == 201:
                confirmed.append(email)
            if len(confirmed) >= 20:
                enough.set()

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for visitor in visitors:
        visitor.start()
    assert enough.wait(PATIENCE)
    parvis.process.kill()
    for visitor in visitors:
        visitor.join()
    parvis.start()

    parvis.wait_for_mails(*confirmed)
    assert {email: len(parvis.mails_to(email)) for email in confirmed} == dict.fromkeys(
        confirmed, 1
    )
    parvis.close()


def test_a_second_start_finds_the_data_of_the_first_and_stops_cleanly(tmp_path):
    parvis = Embedded(tmp_path / "data").start()
    session_id = parvis.bookable_session()["id"]
    registered = parvis.register(session_id, "camille@example.org", adults=1).json()
    assert parvis.process.stop() == 0

    parvis.start()
    assert "Loading the demo edition" not in parvis.process.said()
    token = registered["manage_url"].rpartition("/")[2]
    assert parvis.get(f"/api/v1/registrations/{token}").json()["id"] == registered["id"]
    assert parvis.process.stop() == 0


def kill(distributed, worker):
    """Kill a worker at any moment, but while it ends a mail's data: what becomes of that mail
    nobody could tell, so that it would not be sent again.
    """
    process = distributed.workers[worker]
    database = Database(distributed.database_url("notifications"))
    ending = sa.text(
        "SELECT count(*) FROM outgoing_mails"
        " WHERE status = 'sending' AND handed_over_at IS NOT NULL"
    )

    def is_between_mails():
        process.send(signal.SIGSTOP)
        with database.read() as db:
            if db.scalar(ending) == 0:
                return True
        process.send(signal.SIGCONT)
        return False

    assert wait_until(is_between_mails, PATIENCE)
    process.kill()
    database.dispose()


def test_a_killed_worker_is_replaced_without_losing_or_repeating_a_mail(distributed):
    session_id = distributed.bookable_session()["id"]
    addresses = []
    for attempt in range(4):
        for worker in ("registration", "notifications"):
            email = f"{worker}-{attempt}@example.org"
            assert distributed.register(session_id, email, adults=1).status_code in (201, 409)
            addresses.append(email)
            kill(distributed, worker)
            distributed.start_worker(worker)
    booked = [a for a in addresses if wait_until(lambda: distributed.mails_to(a), PATIENCE)]  # noqa: B023

    assert len(booked) == len(addresses)
    assert [len(distributed.mails_to(email)) for email in addresses] == [1] * len(addresses)
