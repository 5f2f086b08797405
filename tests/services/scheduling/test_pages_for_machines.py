"""RSS, the site map, robots.txt, frames for other sites, oEmbed, the map and the page to print."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.colours import contrast, legible
from services.scheduling.domain.releasing import release
from services.scheduling.models import Session
from services.scheduling.pages import syndication
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.stored_programme import OPENING, edit, released_programme

_MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def _items(client: FlaskClient, path: str) -> list[tuple[str | None, str | None]]:
    answer = client.get(path)
    assert answer.content_type == "application/rss+xml; charset=utf-8"
    channel = Xml.fromstring(answer.data).find("channel")
    assert channel is not None
    return [(item.findtext("title"), item.findtext("link")) for item in channel.iter("item")]


def test_news_tell_what_each_release_changed(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session(programme.add_activity("Un \x01muon & <b>"))
    with context.database.write() as db:
        later = OPENING + timedelta(days=1)
        stored = db.get_one(Session, session.id)
        edit(stored, starts_at=later, ends_at=later + timedelta(hours=1))
        release(db, programme.edition.id, now=NOW + timedelta(hours=1))
    page = f"http://127.0.0.1:8000/sessions/{session.id}"
    expected = [
        ("Séance déplacée\u00a0: Un muon & <b>", page),
        ("Nouvelle séance\u00a0: Un muon & <b>", page),
    ]
    for path in (
        "/feeds/editions/fds-2026.rss",
        "/feeds/themes/physique.rss",
        "/feeds/communes/38185.rss",
        f"/feeds/venues/{programme.venue.id}.rss",
        f"/feeds/organisations/{programme.organisation.id}.rss",
    ):
        assert _items(client, path) == expected, path
    first = client.get("/feeds/editions/fds-2026.rss")
    again = client.get(
        "/feeds/editions/fds-2026.rss", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def _locations(client: FlaskClient, path: str = "/sitemap.xml") -> list[str]:
    root = Xml.fromstring(client.get(path).data)
    return [each.text or "" for each in root.iterfind(".//s:loc", _MAP)]


def test_every_address_of_the_site_map_is_a_page(
    client: FlaskClient, context: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
        programme.add_session(programme.add_activity("Autre", theme="Eau et énergie"))
    found = _locations(client)
    paths = [each.removeprefix("http://127.0.0.1:8000") for each in found]
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)
    assert [path.split("/")[1] for path in paths] == [
        *("", "editions", "communes", "themes", "themes", "venues", "organisations"),
        *("activities", "activities", "sessions", "sessions"),
    ]
    monkeypatch.setattr(syndication, "LARGEST_SITE_MAP", 4)
    files = [each.removeprefix("http://127.0.0.1:8000") for each in _locations(client)]
    assert files == ["/sitemaps/1.xml", "/sitemaps/2.xml", "/sitemaps/3.xml"]
    assert [each for file in files for each in _locations(client, file)] == found
    assert client.get("/sitemaps/4.xml").status_code == 404
    assert client.get("/sitemaps/0.xml").status_code == 404


def test_robots_are_led_to_the_site_map_and_away_from_forms(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines
    assert "Disallow: /register/" in lines


def test_a_list_is_framed_by_other_sites_and_sets_no_cookie(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    page = client.get("/embed/en?edition=fds-2026&colour=ffff00")
    assert f"/sessions/{session.id}?lang=en" in page.text
    assert '<html lang="en">' in page.text
    assert 'href="/embed/colour/ffff00.css"' in page.text
    headers = page.headers
    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert {"X-Frame-Options", "Set-Cookie"} & set(headers.keys()) == set()
    assert "<script" not in page.text
    other = client.get(f"/sessions/{session.id}")
    assert other.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]


@pytest.mark.parametrize("ground", ["fffdf9", "171512"])
@pytest.mark.parametrize("colour", ["ffff00", "000000", "ffffff", "c03050", "777777"])
def test_any_colour_is_made_legible(colour: str, ground: str) -> None:
    assert contrast(legible(colour, on=ground), ground) >= 4.5


def test_the_code_to_paste_frames_the_list_that_is_shown(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    page = client.get("/embed?commune=38185&n=5&colour=%23c03050")
    source = "/embed/fr?edition=fds-2026&amp;commune=38185&amp;colour=c03050&amp;n=5"
    assert f'<iframe class="embed-preview" src="{source}"' in page.text
    pasted = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text)
    assert pasted is not None
    assert pasted[1].startswith("&lt;iframe src=&#34;http://127.0.0.1:8000/embed/fr?")
    assert client.get(source.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://127.0.0.1:8000/communes/grenoble-38185", 200),
        ("http://127.0.0.1:8000/?theme=physique", 200),
        ("http://127.0.0.1:8000/console", 404),
        ("http://127.0.0.1:8000/communes/", 404),
        ("https://elsewhere.example/communes/grenoble-38185", 404),
        ("", 404),
    ],
)
def test_oembed_answers_for_pages_that_list(client: FlaskClient, url: str, status: int) -> None:
    answer = client.get("/oembed", query_string={"url": url, "maxwidth": "300"})
    assert answer.status_code == status
    if status == 200:
        told: Any = answer.json
        assert (told["type"], told["width"]) == ("rich", 300)
        assert told["html"].startswith('<iframe src="http://127.0.0.1:8000/embed/fr?')


def _map_data(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="map-data">(.*?)</script>', page)
    assert found is not None
    return json.loads(found[1])


def test_the_map_asks_nobody_and_lists_every_venue(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        programme.add_sessions(3)
        lost = programme.add_venue("</script>", latitude=None, longitude=None, commune=None)
        programme.add_session(venue_id=lost.id, space_id=None)
    answer = client.get("/map")
    assert _map_data(answer.text) == {
        "venues": [
            {
                "id": str(programme.venue.id),
                "name": "Muséum",
                "commune": "Grenoble",
                "at": [45.1874, 5.7357],
                "n": 3,
            }
        ],
        "communes": [{"name": "Grenoble", "at": [45.18, 5.72]}],
        "here": None,
        "tiles": None,
        "attribution": "",
    }
    listed = re.findall(r'<a href="/\?venue=([0-9a-f-]{36})">', answer.text)
    assert sorted(listed) == sorted([str(programme.venue.id), str(lost.id)])
    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Permissions-Policy"] == "camera=(), geolocation=(self), microphone=()"


def test_tiles_come_from_where_the_operator_says_and_on_the_map_alone(
    context: ServiceContext,
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
    tiles = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    client = create_app(
        replace(context, settings=replace(context.settings, map_tiles=tiles))
    ).test_client()
    answer = client.get("/map")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example.org;" in policy
    assert _map_data(answer.text)["tiles"] == tiles
    assert "example.org" not in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "chapters"),
    [
        ("", [("h2", "Grenoble"), ("caption", "Vendredi 2 octobre"), ("h2", "Ailleurs")]),
        ("?by=day", [("h2", "Vendredi 2 octobre"), ("caption", "Grenoble")]),
    ],
)
def test_the_programme_is_printed_by_commune_or_by_day(
    client: FlaskClient, context: ServiceContext, query: str, chapters: list[tuple[str, str]]
) -> None:
    with released_programme(context) as programme:
        programme.add_session()
        nowhere = programme.add_venue("En ligne", commune=None)
        later = OPENING + timedelta(days=1)
        programme.add_session(venue_id=nowhere.id, space_id=None, starts_at=later)
    page = client.get(f"/print{query}").text
    found = re.findall(r"<(h2|caption)>([^<]+)</", page)
    assert found[: len(chapters)] == chapters
