"""What an operator types, and the sentence that answers when it cannot be done."""

import os
import socket
import stat

import pytest

from tests.system.installation import Embedded, parvis


def last_line(done):
    return (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = parvis("up", "--port", port, "--data", str(tmp_path / "data"))

    assert done.returncode == 1
    assert last_line(done).startswith(f"Error: Port {port} of 127.0.0.1 is in use")


def test_a_data_folder_in_use_is_one_sentence(tmp_path):
    running = Embedded(tmp_path / "data", "--no-demo").start()
    try:
        done = parvis("up", "--port", "0", "--data", str(tmp_path / "data"))
    finally:
        running.close()

    assert done.returncode == 1
    assert "running already on the data folder" in last_line(done)


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = parvis("up", "--port", "0", "--data", str(tmp_path / "file" / "data"))

    assert done.returncode == 1
    assert "cannot be written" in last_line(done)


def test_every_missing_or_malformed_setting_is_named_at_once():
    environ = {"AMQP_URL": "http://x", "SECRET_KEY": "short", "PUBLIC_URL": "ftp://x"}
    done = parvis("web", "registration", environ={**environ, "REGISTRATION_DATABASE_URL": ""})

    assert done.returncode == 1
    for expected in ("REGISTRATION_DATABASE_URL is not set", "SECRET_KEY must", "PUBLIC_URL must"):
        assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_the_worker_needs_the_broker_and_says_so():
    done = parvis("worker", "scheduling", "notifications", environ={"AMQP_URL": ""})

    assert done.returncode == 1
    for expected in (
        "SCHEDULING_DATABASE_URL is not set",
        "NOTIFICATIONS_DATABASE_URL is not set",
        "AMQP_URL is not set",
        "SMTP_URL is not set",
    ):
        assert expected in done.stderr


def test_an_empty_folder_without_the_demo_has_no_edition(tmp_path):
    running = Embedded(tmp_path / "data", "--no-demo").start()
    try:
        assert running.get("/api/v1/editions").json()["items"] == []
        assert running.get("/").status_code == 200
        loaded = running.command("demo")
        assert loaded.returncode == 0, loaded.stderr
        assert len(running.sessions()) == 401
    finally:
        running.close()


def test_secrets_are_readable_by_their_owner_alone(tmp_path):
    running = Embedded(tmp_path / "data", "--no-demo").start()
    running.close()

    assert stat.S_IMODE((tmp_path / "data" / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "keys" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("command", ["up", "web", "worker", "migrate", "demo", "import", "bench"])
def test_every_command_explains_itself(command):
    done = parvis(command, "--help", environ={"COLUMNS": "100"})

    assert done.returncode == 0
    assert "Usage: ./parvis" in done.stdout
    assert os.linesep in done.stdout
