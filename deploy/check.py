"""`./parvis check`: style, types, imports, migrations, translations and locks, a line for each."""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from deploy import catalogues
from deploy.migrate import drift
from deploy.routes import SERVICES
from shared.migrations import migrate

ROOT = Path(__file__).resolve().parents[1]

_CODE = ("shared", "services", "deploy", "tests", "benchmarks")

_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

_TEST_LOCK = "requirements-test.txt"

_ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|\bfile:", re.IGNORECASE)


def run_checks() -> int:
    """Run every check, print what is wrong, and return 0 when nothing is."""
    faults = 0
    for name, check in CHECKS.items():
        said = check()
        faults += bool(said)
        print(f"✗ {name}\n{said}\n" if said else f"✓ {name}", flush=True)  # noqa: T201
    return 1 if faults else 0


def _tool(*arguments: str) -> Callable[[], str]:
    """Return a check that runs Python so, and says what it says when it fails."""

    def check() -> str:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        words = (done.stdout + done.stderr).strip()
        return words or f"exit status {done.returncode}" if done.returncode else ""

    return check


def _migrations() -> str:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for service in SERVICES:
            url = f"sqlite:///{folder}/{service}.sqlite"
            migrate(url, service)
            found += [f"  {service}: {difference}" for difference in drift(url, service)]
    if found:
        found.append('  python -m deploy.migrate SERVICE "What changes" writes the migration.')
    return "\n".join(found)


def _catalogues() -> str:
    return "\n".join(f"  {problem}" for problem in catalogues.problems())


def locks() -> str:
    """Tell which lock names where packages come from, or lacks one that is asked for.

    Where packages come from is the choice of whoever installs them.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"]
    tests = project.get("dependency-groups", {}).get("test", [])
    node = ROOT / "package-lock.json"
    found = []
    if node.exists() and '"resolved"' in node.read_text():
        found.append(f"  {node.name} names addresses (set npm's omit-lockfile-registry-resolved)")
    for name, asked in (("requirements.txt", wanted), (_TEST_LOCK, [*wanted, *tests])):
        text = (ROOT / name).read_text()
        for number, line in enumerate(text.splitlines(), start=1):
            if _ADDRESS.search(line):
                found.append(f"  {name}:{number} names an address: {line}")
        locked = set(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE))
        for package in asked:
            plain = re.split(r"[^\w.-]", package, maxsplit=1)[0].lower()
            if plain not in locked:
                found.append(f"  {name} lacks {plain}, which pyproject.toml asks for")
    return "\n".join(found)


#: What is checked, in this order: the quick ones first.
CHECKS: dict[str, Callable[[], str]] = {
    "style (ruff check)": _tool("-m", "ruff", "check"),
    "format (ruff format)": _tool("-m", "ruff", "format", "--check", "--output-format=concise"),
    "imports (import-linter)": _tool("-c", _LINT_IMPORTS),
    "migrations agree with the models": _migrations,
    "every message is in English too": _catalogues,
    "the locks hold what is asked for, and no address": locks,
    "types (mypy)": _tool("-m", "mypy", *_CODE),
}
