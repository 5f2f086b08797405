"""The real entrypoints on both brokers: nothing lost, nothing twice, nobody held up."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from amqp.exceptions import RecoverableConnectionError

from shared.messaging.nameko_adapter import settle

ROOT = Path(__file__).parents[3]


def test_events_arrive_once_whatever_fails_on_their_way(broker_url, tmp_path):
    probe = subprocess.run(
        [sys.executable, "-m", "tests.shared.messaging.adapter_probe", broker_url, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert probe.returncode == 0, probe.stderr[-3000:]
    found = json.loads(probe.stdout.splitlines()[-1])
    assert sorted(found["seen"]) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert found["aside"] == {"done": 5, "parked": 1, "waiting": 1}
    assert found["ticked"]


def test_rabbitmq_holds_every_queue_of_events_as_a_quorum_queue(rabbitmq, amqp_url, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "tests.shared.messaging.adapter_probe", amqp_url, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=300,
    )

    kinds = rabbitmq.vhosts.queues(amqp_url)
    assert kinds["evt-registration-seats_counted--scheduling.keep_seats"] == "quorum"


@pytest.mark.parametrize(
    "error", [BrokenPipeError, ConnectionResetError, RecoverableConnectionError]
)
def test_an_acknowledgement_on_a_broken_connection_does_not_kill_the_service(error):
    def acknowledge(message):
        raise error

    settle(acknowledge, object())
