"""A web process loads nothing of the worker's: eventlet would take its threads over."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.routes import SERVICES

ROOT = Path(__file__).resolve().parents[2]

CODE = """
import importlib, sys
import deploy.wsgi
importlib.import_module(f"services.{sys.argv[1]}.web")
print([name for name in ("eventlet", "nameko", "kombu") if name in sys.modules])
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_web_process_loads_neither_eventlet_nor_nameko(service):
    done = subprocess.run(
        [sys.executable, "-c", CODE, service], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "[]\n", done.stderr
