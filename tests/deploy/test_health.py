"""A container's health check asks the process itself, and nobody else."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from shared.testing.image import ROOT
from shared.testing.processes import free_port


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def status(url):
    environ = {"http_proxy": "http://127.0.0.1:1"}
    command = [sys.executable, "-m", "deploy.health", url]
    return subprocess.run(
        command, env=environ, cwd=ROOT, capture_output=True, check=False
    ).returncode


def test_ready_is_healthy_and_anything_else_is_not(address):
    assert status(f"{address}/readyz") == 0
    assert status(f"{address}/other") == 1
    assert status(f"http://127.0.0.1:{free_port()}/readyz") == 1
