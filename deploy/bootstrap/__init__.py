"""From a fresh clone to a running command: make `.venv`, install the lock, hand over.

The standard library alone is used here, because nothing else is installed yet.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

from deploy.bootstrap.environment import Environment
from deploy.bootstrap.faults import BootstrapError, explain_system

#: The commands that need what only tests need.
TEST_COMMANDS = ("test", "check", "bench")


def start(root: str, arguments: list[str]) -> str | int:
    """Replace this process by the command; return a sentence or a status when that fails."""
    lock = "requirements-test.txt" if arguments[:1] in [[c] for c in TEST_COMMANDS] else None
    environment = Environment(Path(root), lock or "requirements.txt")
    try:
        if not environment.is_current():
            environment.install()
    except BootstrapError as error:
        return f"\n{error}"
    except OSError as error:
        return f"\n{explain_system(error, environment.root)}"
    except KeyboardInterrupt:
        print("\nInterrupted: run ./parvis again to go on.", file=sys.stderr)  # noqa: T201
        return 130
    return _hand_over(environment, root, arguments)


def _hand_over(environment: Environment, root: str, arguments: list[str]) -> NoReturn:
    # -P: a `click.py` in the caller's folder must not be taken for the library.
    command = [str(environment.python), "-P", "-m", "deploy.cli", *arguments]
    os.execve(command[0], command, {**os.environ, "PYTHONPATH": root})  # noqa: S606
