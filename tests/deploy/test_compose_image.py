"""What goes into the image, and what must not."""

import re

import pytest

from shared.testing import image

DOCKERFILE = image.DOCKERFILE.read_text()


def test_packages_come_from_the_lock_by_their_hashes_and_from_no_named_address():
    (install,) = re.findall(r"pip .* install [^&]*", DOCKERFILE.replace("\\\n", ""))

    for option in ("--require-hashes", "--no-deps", "-r requirements.txt"):
        assert option in install
    assert not re.search(r"https?://|index-url|find-links|trusted-host", DOCKERFILE)


def test_the_process_is_nobody_special():
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER parvis$", last_stage, re.MULTILINE)
    assert last_stage.index("USER parvis") < last_stage.index('ENTRYPOINT ["parvis"]')


def test_both_stages_are_the_same_python_that_parvis_supports():
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.1[123]-slim-\w+", bases.pop())


def test_it_holds_the_services_and_nothing_of_tests_or_secrets(tmp_path):
    copied = image.copy_to(tmp_path)
    held = {path.relative_to(copied).as_posix() for path in copied.rglob("*") if path.is_file()}

    for wanted in (
        "deploy/container/parvis",
        "deploy/demo/activities/espace.toml",
        "services/registration/pages/templates/register.html",
        "services/scheduling/migrations/0001_the_tables_of_scheduling.py",
        "services/notifications/translations/en/LC_MESSAGES/messages.po",
        "shared/contracts/examples/scheduling.session_published.v1.json",
        "shared/web/static/fonts/bricolage-grotesque.woff2",
    ):
        assert wanted in held
    assert not [
        path for path in held if re.search(r"__pycache__|^shared/testing|sqlite|\.env", path)
    ]


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        (".env", True),
        (".git/config", True),
        ("data/keys/secret_key", True),
        ("shared/testing/smtp.py", True),
        ("services/scheduling/__pycache__/web.pyc", True),
        ("services/scheduling/web.py", False),
        ("deploy/demo/data.py", False),
    ],
)
def test_what_must_not_leave_the_machine_is_ignored(path, ignored):
    assert image.is_ignored(path) is ignored


def test_the_entry_point_is_where_the_image_looks_for_it():
    (source,) = re.findall(r"^COPY (\S+) /usr/local/bin/parvis$", DOCKERFILE, re.MULTILINE)
    assert (image.ROOT / source).stat().st_mode & 0o111 == 0o111
