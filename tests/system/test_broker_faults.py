"""Without RabbitMQ people still register; when it is back, nothing is missing and nothing twice."""

from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE


def register_three(parvis, session_id, prefix):
    addresses = [f"{prefix}-{number}@example.org" for number in range(3)]
    for email in addresses:
        answer = parvis.register(session_id, email, adults=1)
        assert answer.status_code == 201, answer.text
    return addresses


def each_got_one(parvis, addresses):
    parvis.wait_for_mails(*addresses)
    return [len(parvis.mails_to(email)) for email in addresses] == [1] * len(addresses)


def test_with_the_broker_stopped_wiped_and_frozen(breakable, private_rabbitmq):
    session_id = breakable.bookable_session()["id"]
    before = register_three(breakable, session_id, "before")
    assert each_got_one(breakable, before)

    private_rabbitmq.stop()
    assert breakable.get("/").status_code == 200
    stopped = register_three(breakable, session_id, "stopped")
    assert [breakable.mails_to(email) for email in stopped] == [[], [], []]
    assert wait_until(lambda: not breakable.is_ready(breakable.health["registration"]), PATIENCE)
    assert wait_until(lambda: breakable.is_ready(breakable.ports["registration"]), PATIENCE)
    private_rabbitmq.start()
    assert each_got_one(breakable, stopped)

    wiped = ["wiped-0@example.org"]
    breakable.workers["notifications"].kill()  # so that its messages wait in the broker
    assert breakable.register(session_id, wiped[0], adults=1).status_code == 201
    assert wait_until(lambda: relayed(breakable), PATIENCE)
    private_rabbitmq.stop()
    private_rabbitmq.wipe()
    breakable.start_worker("notifications")
    private_rabbitmq.start()
    assert each_got_one(breakable, wiped)

    private_rabbitmq.freeze()
    frozen = ["frozen-0@example.org"]
    assert breakable.register(session_id, frozen[0], adults=1).status_code == 201
    assert breakable.get("/").status_code == 200
    private_rabbitmq.thaw()
    assert each_got_one(breakable, frozen)

    assert each_got_one(breakable, before + stopped + wiped + frozen)


def relayed(parvis) -> bool:
    """Tell whether registration has handed every event to the broker."""
    listed = parvis.command("messages", "list").stdout
    (line,) = [line for line in listed.splitlines() if line.startswith("registration ")]
    return "unsent" not in line
