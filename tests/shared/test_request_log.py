import json
import os
import threading

from structlog.testing import capture_logs

from shared import request_log
from shared.observability import correlated


def test_a_line_has_what_the_structured_log_has(monkeypatch):
    reader, writer = os.pipe()
    monkeypatch.setattr(request_log, "_writer", request_log.LineWriter(writer))
    with correlated("f00d"):
        request_log.log_request("GET", "/sessions/<id>", 200, None)
    line = json.loads(os.read(reader, 1000))
    assert line.pop("timestamp").endswith("+00:00")
    assert line == {
        "method": "GET",
        "route": "/sessions/<id>",
        "status": 200,
        "ms": None,
        "event": "request",
        "level": "info",
        "logger": "parvis.access",
        "correlation_id": "f00d",
    }


def test_without_a_writer_it_is_an_ordinary_log():
    with capture_logs() as lines:
        request_log.log_request("POST", None, 404, None)
    assert lines == [
        {
            "event": "request",
            "log_level": "info",
            "method": "POST",
            "route": None,
            "status": 404,
            "ms": None,
        }
    ]


def test_lines_of_many_threads_are_whole():
    reader, writer = os.pipe()
    lines = request_log.LineWriter(writer)
    threads = [
        threading.Thread(target=lambda n=n: [lines.write(f"{n}-{i}") for i in range(50)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    text = b""
    while text.count(b"\n") < 400:
        text += os.read(reader, 65536)
    assert sorted(text.decode().split()) == sorted(f"{n}-{i}" for n in range(8) for i in range(50))


def test_a_reader_that_has_gone_stops_nobody():
    reader, writer = os.pipe()
    os.close(reader)
    lines = request_log.LineWriter(writer)
    lines.write("lost")
    lines.write("lost too")
