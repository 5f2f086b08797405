"""The key that signs tickets and sign-ins: random, kept, and never one that others know."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.environment import distributed_settings
from deploy.secret_key import ensure_secret_key
from shared.settings import SHORTEST_SECRET, SettingsError
from tests.system.installation import parvis

ENVIRON = {
    "SCHEDULING_DATABASE_URL": "sqlite:///x.sqlite",
    "PUBLIC_URL": "http://localhost:8000",
    "SECRET_KEY": "",
}


def test_it_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    for _ in range(2):
        done = parvis("secret-key", environ={"SECRET_KEY_FILE": str(path)})
        assert (done.returncode, done.stdout) == (0, f"{path}: keep it, and keep it secret\n")
        key = path.read_text()

    assert ensure_secret_key(path) == key
    assert len(key) >= SHORTEST_SECRET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_those_who_come_at_the_same_time_have_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(ensure_secret_key, [tmp_path / "keys" / "secret_key"] * 8))
    assert len(keys) == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    done = parvis("secret-key", str(tmp_path / "file" / "secret_key"))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_web_process_reads_it_from_the_file_and_the_environment_goes_first(tmp_path):
    path = tmp_path / "secret_key"
    key = ensure_secret_key(path)
    (from_file,) = distributed_settings(
        ("scheduling",), "web", {**ENVIRON, "SECRET_KEY_FILE": str(path)}
    )
    (given,) = distributed_settings(
        ("scheduling",), "web", {**ENVIRON, "SECRET_KEY_FILE": str(path), "SECRET_KEY": "g" * 40}
    )
    assert (from_file.secret_key, given.secret_key) == (key, "g" * 40)


def test_a_web_process_without_a_key_does_not_start(tmp_path):
    missing = tmp_path / "nowhere"
    for environ, problem in (
        (ENVIRON, "SECRET_KEY is not set"),
        (
            {**ENVIRON, "SECRET_KEY_FILE": str(missing)},
            f"SECRET_KEY_FILE names {missing}, which cannot be read (No such file or directory)",
        ),
    ):
        with pytest.raises(SettingsError) as refused:
            distributed_settings(("scheduling",), "web", environ)
        assert refused.value.problems == [problem]
