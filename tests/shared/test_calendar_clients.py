"""Real subscribers read a feed back: vdirsyncer fetches it, khal shows it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.calendar import etag, render_calendar
from shared.testing.calendar_clients import khal_list, sync_with_vdirsyncer
from tests.shared.calendar_entries import MUSEUM, workshop

EXHIBITION = workshop(
    uid="0199-exhibition@parvis.example",
    summary="Exposition : glaciers, l’eau qui dort",
    starts_at=datetime(2026, 10, 2, 8, tzinfo=UTC),
    ends_at=datetime(2026, 12, 27, 17, tzinfo=UTC),
    all_day=True,
)


class Feed:
    """A feed on a loopback port; what it serves can change."""

    def __init__(self) -> None:
        self.body = b""
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.send_header("Content-Length", str(len(feed.body)))
                self.send_header("ETag", etag(feed.body))
                self.end_headers()
                self.wfile.write(feed.body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Keep the tests quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/venue.ics"


@pytest.fixture
def feed() -> Iterator[Feed]:
    served = Feed()
    thread = threading.Thread(target=served.server.serve_forever)
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


def test_a_subscriber_sees_the_programme_and_then_what_changed(feed: Feed, tmp_path: Path) -> None:
    feed.body = render_calendar([workshop(), EXHIBITION], name="Muséum", organizer=MUSEUM)
    entries = sync_with_vdirsyncer(feed.url, tmp_path)
    assert len(list(entries.glob("*.ics"))) == 2
    title = "Atelier « Dans la peau d’un glacier »"
    october = {"start": "2026-10-01", "end": "2026-11-01"}
    place = "Muséum, 1 rue Dolomieu, 38000 Grenoble"
    assert khal_list(entries, tmp_path, **october) == [
        f"2026-10-02|2026-12-27|Exposition : glaciers, l’eau qui dort|{place}|CONFIRMED",
        f"2026-10-09 10:00|2026-10-09 11:00|{title}|{place}|CONFIRMED",
    ]

    # 25 October: the clocks go back in the night before.
    moved = datetime(2026, 10, 25, 9, tzinfo=UTC)
    feed.body = render_calendar(
        [
            workshop(sequence=3, starts_at=moved, ends_at=moved + timedelta(hours=1)),
            workshop(uid="2", status="CANCELLED", summary="Visite"),
        ],
        name="Muséum",
        organizer=MUSEUM,
    )
    assert sync_with_vdirsyncer(feed.url, tmp_path) == entries
    assert khal_list(entries, tmp_path, **october) == [
        f"2026-10-09 10:00|2026-10-09 11:00|Visite|{place}|CANCELLED",
        f"2026-10-25 10:00|2026-10-25 11:00|{title}|{place}|CONFIRMED",
    ]


def test_a_feed_that_cannot_be_fetched_is_told_with_the_clients_words(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="vdirsyncer failed"):
        sync_with_vdirsyncer("http://127.0.0.1:1/nothing.ics", tmp_path)
