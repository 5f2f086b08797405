"""`./parvis test`: what the tests need is installed and started, then pytest runs them."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.browser_libraries import put_browser_libraries
from shared.testing import packages
from shared.testing.docker import has_docker

ROOT = Path(__file__).resolve().parents[1]

#: Test processes side by side. The servers that they share need the rest of two cores.
_PROCESSES = 2


def run_tests(arguments: list[str]) -> int:
    """Run pytest with these arguments, all tests without any, and return its status."""
    _install_packages()
    put_browser_libraries()
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--rootdir={ROOT}",
        f"--config-file={ROOT}/pyproject.toml",
    ]
    named = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    if not named:
        command.append(str(ROOT / "tests"))
    if not named and not any(
        argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments
    ):
        command += ["-n", str(_PROCESSES), "--dist=loadgroup"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        # nameko's plugin for pytest warns of eventlet on every run.
        "PYTHONWARNINGS": "ignore:::nameko.testing.pytest",
    }
    with subprocess.Popen([*command, *arguments], env=environment) as process:  # noqa: S603
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # pytest was interrupted too, and is ending its servers


def _install_packages() -> None:
    """Install what is missing and can be had here; a test says so when it lacks the rest."""
    wanted = [
        name for name in packages.EVERYTHING if name not in packages.SERVERS or not has_docker()
    ]
    if packages.can_install():
        packages.install(packages.missing(wanted))
