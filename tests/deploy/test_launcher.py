"""The launcher: from a fresh clone to a running command, and one sentence for what prevents it."""

import base64
import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy.bootstrap import environment, faults
from deploy.bootstrap.environment import Environment
from deploy.bootstrap.faults import BootstrapError

ROOT = Path(__file__).resolve().parents[2]

#: What the clones of these tests run instead of the real command line.
COMMAND = """
import os, sys, festoon
print("arguments", sys.argv[1:])
print("folder", os.getcwd())
print("festoon", festoon.VERSION)
"""

#: Starts Parvis without root's rights, which no file mode stops.
AS_ANYBODY = """
import os, sys
sys.path.insert(0, sys.argv[1])
from deploy.bootstrap import start
if os.geteuid() == 0:
    os.seteuid(65534)
print(start(sys.argv[1], ["up"]))
"""


class Clone:
    """A copy of the launcher with a command, a lock and a package index of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.index = folder / "index"
        self.elsewhere = folder / "elsewhere"
        for path in (self.root / "deploy", self.index, self.elsewhere):
            path.mkdir(parents=True)
        shutil.copy(ROOT / "parvis", self.root)
        shutil.copytree(ROOT / "deploy/bootstrap", self.root / "deploy/bootstrap")
        (self.root / "deploy/__init__.py").touch()
        (self.root / "deploy/cli.py").write_text(COMMAND)
        (self.elsewhere / "festoon.py").write_text("VERSION = 'of the folder'")
        self.lock("1.0")

    def lock(self, version: str, digest: str | None = None) -> None:
        """Write both lock files, with a package that is built for them."""
        digest = digest or self._build(version)
        text = f"festoon=={version} \\\n    --hash=sha256:{digest}\n"
        (self.root / "requirements.txt").write_text(text)
        (self.root / "requirements-test.txt").write_text(text)

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start the launcher from another folder."""
        return subprocess.Popen(
            [sys.executable, str(self.root / "parvis"), *arguments],
            cwd=self.elsewhere,
            env={**_environment(), "PIP_FIND_LINKS": self.index.as_uri(), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> tuple[int, str, str]:
        """Run the launcher and return its status, output and complaints."""
        process = self.start(*arguments, **variables)
        output, complaints = process.communicate(timeout=120)
        return process.returncode, output, complaints

    def _build(self, version: str) -> str:
        wheel = self.index / f"festoon-{version}-py3-none-any.whl"
        about = f"festoon-{version}.dist-info"
        files = {
            "festoon.py": f"VERSION = {version!r}\n",
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: festoon\nVersion: {version}\n",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},{_digest(text)},{len(text)}\n" for name, text in files.items())
        files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return hashlib.sha256(wheel.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}


def _launcher() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "parvis"))


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    clone = Clone(tmp_path_factory.mktemp("installed"))
    assert clone.run("up")[0] == 0
    return clone


def test_a_fresh_clone_installs_shows_progress_and_runs_the_command(clone):
    status, output, complaints = clone.run("import", "two words.xml")
    assert (status, output.splitlines()) == (
        0,
        [
            "arguments ['import', 'two words.xml']",
            f"folder {clone.elsewhere}",
            "festoon 1.0",
        ],
    )
    assert complaints.splitlines()[0].startswith("Making .venv with Python 3.")
    assert complaints.splitlines()[-1] == "Installing 100 %  done"


def test_a_second_start_installs_nothing(installed):
    nothing = {"PIP_FIND_LINKS": "file:///nowhere"}
    assert installed.run("up", **nothing)[::2] == (0, "")


def test_a_changed_lock_is_installed(installed):
    installed.lock("1.1")
    assert "festoon 1.1" in installed.run("up")[1]
    assert "festoon 1.1" in installed.run("test")[1]


def test_an_interrupted_installation_is_made_anew(installed):
    (installed.root / ".venv/parvis-installed.json").unlink()
    half_written = (
        next((installed.root / ".venv").glob("lib/python3*/site-packages")) / "festoon.py"
    )
    half_written.write_text("VERSI")
    assert installed.run("up")[0] == 0


def test_two_at_once_install_once(clone):
    both = [clone.start("up"), clone.start("up")]
    complaints = sorted(process.communicate(timeout=120)[1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert complaints[0] == "Another ./parvis is installing: waiting for it\n"


def test_a_package_that_was_tampered_with_is_refused(installed):
    installed.lock("1.2", digest="0" * 64)
    installed._build("1.2")
    status, _output, complaints = installed.run("up")
    assert (status, complaints.splitlines()[-1]) == (1, faults.WRONG_HASH)
    installed.lock("1.0")
    assert installed.run("up")[0] == 0


def test_without_a_network_it_says_so(installed):
    installed.lock("1.3")
    shutil.rmtree(installed.index)
    unreachable = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    status, _output, complaints = installed.run("up", **unreachable, PIP_FIND_LINKS="")
    installed.index.mkdir()
    assert (status, complaints.splitlines()[-1]) == (1, faults.NO_NETWORK)


def test_a_folder_that_cannot_be_written_to_is_named():
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        clone = Clone(Path(name))
        clone.root.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", AS_ANYBODY, str(clone.root)],
            capture_output=True,
            text=True,
            check=False,
        )
        clone.root.chmod(0o755)
    assert done.stdout.startswith(f"\n{clone.root} cannot be written to: put Parvis in a folder")


def test_a_full_disk_is_said_before_anything_is_made(clone, monkeypatch):
    monkeypatch.setattr(environment, "_ROOM", 2**80)
    with pytest.raises(BootstrapError, match="The disk is full"):
        Environment(clone.root, "requirements.txt").install()


def test_a_python_without_venv_is_told_which_package_to_install(clone, monkeypatch, tmp_path):
    debian = tmp_path / "python3"
    debian.write_text("#!/bin/sh\necho 'ensurepip is not available'; exit 1\n")
    debian.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(debian))
    with pytest.raises(BootstrapError, match="apt install python3-venv"):
        Environment(clone.root, "requirements.txt").install()


def test_an_old_python_without_a_newer_one_gets_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setenv("PATH", "/nowhere")
    assert _launcher()["main"]() == (
        "Parvis needs Python 3.11, 3.12 or 3.13 with venv: this is Python 3.8.18, and the PATH "
        "has no other. Install one (Debian: apt install python3 python3-venv), then run "
        "./parvis again."
    )


def test_a_newer_python_is_found_behind_one_that_does_not_run(monkeypatch, tmp_path):
    broken, good = tmp_path / "shims", tmp_path / "bin"
    for folder, content in ((broken, "exit 127"), (good, f'exec "{sys.executable}" "$@"')):
        folder.mkdir()
        (folder / "python3.12").write_text(f"#!/bin/sh\n{content}\n")
        (folder / "python3.12").chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken}:{good}")
    assert list(_launcher()["other_pythons"]()) == [str(good / "python3.12")]


def test_the_launcher_can_be_read_by_any_python():
    source = (ROOT / "parvis").read_text()
    assert source.isascii()
    assert 'f"' not in source
    assert "->" not in source
