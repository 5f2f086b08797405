"""The servers that tests use do what tests rely on."""

import os
import smtplib
import socket

import kombu
import psycopg
import pytest

from deploy.routes import SERVICES
from shared.testing.contexts import FrozenClock, make_context
from shared.testing.loopback import LeavesTheMachine


def test_a_test_cannot_leave_the_machine():
    with pytest.raises(LeavesTheMachine), socket.socket() as connection:
        connection.connect(("192.0.2.1", 80))


def test_databases_are_new_and_migrated(database_url_factory):
    for service in SERVICES:
        clock = FrozenClock()
        context = make_context(service, database_url_factory(), clock=clock)
        with context.database.read() as db:
            row = db.connection().exec_driver_sql("SELECT service FROM installation").one()
        assert row == (service,)
        context.database.dispose()


def test_a_database_is_dropped_when_its_test_ends(postgresql, postgresql_url):
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_broker(broker_url, turn):
    with kombu.Connection(broker_url) as connection:
        queue = connection.SimpleQueue("left")
        assert queue.qsize() == 0
        queue.put({"turn": turn})
        assert queue.get(timeout=60).payload == {"turn": turn}
        queue.put({"turn": turn})


def test_smtp_keeps_and_fails(smtp_server):
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: one\r\n\r\n1")
        smtp_server.fail(data="451 4.3.0 later")
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("a@example.org", ["b@example.org"], "Subject: two\r\n\r\n2")
        smtp_server.fail(recipient="550 5.1.1 unknown", only="c@example.org")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@example.org", ["c@example.org"], "Subject: three\r\n\r\n3")
    smtp_server.fail(drop_after_data=True)
    with (
        pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)),
        smtplib.SMTP("127.0.0.1", smtp_server.port) as client,
    ):
        client.sendmail("a@example.org", ["b@example.org"], "Subject: four\r\n\r\n4")
    assert [mail["Subject"] for mail in smtp_server.wait_for(2)] == ["one", "four"]


def test_a_browser_reaches_loopback_only(page):
    page.set_content("<h1>Parvis</h1>")
    assert page.text_content("h1") == "Parvis"
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_a_private_broker_can_be_frozen_stopped_and_wiped(private_rabbitmq):
    def publish(patience: int = 60) -> int:
        confirmed = {"confirm_publish": True}
        with kombu.Connection(
            private_rabbitmq.url, connect_timeout=patience, transport_options=confirmed
        ) as connection:
            channel = connection.channel()
            queue = kombu.Queue("kept", durable=True, channel=channel)
            queue.declare()
            kombu.Producer(channel).publish("x", routing_key="kept", delivery_mode=2)
            return queue.queue_declare().message_count

    publish()
    private_rabbitmq.freeze()
    with pytest.raises(OSError, match="timed out"):
        publish(patience=3)
    private_rabbitmq.thaw()
    private_rabbitmq.restart()
    assert publish() >= 2
    private_rabbitmq.wipe()
    assert publish() <= 1
    assert os.path.isdir(private_rabbitmq.folder)
