"""The yardstick of what the server alone costs: Flask saying hello, served as a service is."""

import sys

from flask import Flask, Response
from granian import Granian
from granian.constants import Interfaces


def application() -> Flask:
    """Return an application with one page of five octets (Granian's factory)."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> Response:
        return Response("hello", mimetype="text/plain")

    return app


if __name__ == "__main__":
    Granian(
        "benchmarks.hello:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=32,
        factory=True,
        log_access=False,
    ).serve()
