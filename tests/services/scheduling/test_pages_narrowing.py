"""What narrows the programme: near me, this week-end, for a child of six, free seats, codes.

Pages and the API answer alike.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.audiences import audiences_for
from services.scheduling.domain.distances import Point, distance_km, read_point
from services.scheduling.models import Commune
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.scheduling.stored_programme import OPENING, released_programme

_LISTED = re.compile(r'<h[34]><a href="/sessions/([0-9a-f-]{36})">')


@pytest.fixture
def stored(context: ServiceContext) -> dict[str, str]:
    """Store three sessions, on the opening Friday, that Saturday, and a week later."""
    with released_programme(context) as programme:
        vif = Commune(insee_code="38545", name="Vif", latitude=45.05, longitude=5.67)
        far = programme.add_venue(
            "Le Belvédère", commune=vif, latitude=45.05, longitude=5.67, postcode="38450"
        )
        lost = programme.add_venue("Quelque part", commune=None, latitude=None, longitude=None)
        little = programme.add_activity(
            "Petites bêtes", age_min=3, age_max=6, accessibility=["mi", "vi"], languages=["fr"]
        )
        grown = programme.add_activity("Bar des sciences", audience="adults", languages=["en"])
        classes = programme.add_activity(
            "Classe", audience="schools", age_min=6, age_max=8, school_levels=["cycle2"]
        )
        here = {"registration": "here", "capacity": 10}
        sessions = {
            "little": programme.add_session(little, **here, seats_left=2),
            "grown": programme.add_session(
                grown,
                venue_id=far.id,
                space_id=None,
                starts_at=OPENING + timedelta(days=1),
                **here,
                seats_left=0,
            ),
            "classes": programme.add_session(
                classes,
                venue_id=lost.id,
                space_id=None,
                starts_at=OPENING + timedelta(days=7),
            ),
        }
    return {str(session.id): name for name, session in sessions.items()}


def _names(client: FlaskClient, stored: dict[str, str], query: str) -> list[str]:
    page = client.get(f"/?{query}")
    assert page.status_code == 200
    return [stored[each] for each in _LISTED.findall(page.text)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("age=6", ["little"]),
        ("age=0", []),
        ("age=40", ["grown"]),
        ("age=x", ["little", "grown", "classes"]),
        ("places=1", ["little", "classes"]),
        ("free=1", ["classes"]),
        ("access=mi", ["little"]),
        ("access=hi", []),
        ("access=nonsense", ["little", "grown", "classes"]),
        ("spoken=en", ["grown"]),
        ("level=cycle2", ["classes"]),
        ("theme=physique", ["little", "grown", "classes"]),
        ("theme=Physique", ["little", "grown", "classes"]),
        ("theme=rien", []),
        ("when=weekend", ["grown"]),
        ("near=Vif", ["grown", "little", "classes"]),
        ("near=38450", ["grown", "little", "classes"]),
        ("near=grenobel", ["little", "grown", "classes"]),
        ("near=45.19,5.73&within=5", ["little"]),
        ("near=45.19,5.73&sort=date", ["little", "grown", "classes"]),
        ("near=Ailleurs&within=5", ["little", "grown", "classes"]),
        ("q=sciencs&sort=words", ["grown"]),
    ],
)
def test_each_question_of_a_visitor_is_an_address(
    client: FlaskClient, stored: dict[str, str], query: str, expected: list[str]
) -> None:
    assert _names(client, stored, query) == expected


def test_today_is_the_day_where_the_edition_is(
    client: FlaskClient, stored: dict[str, str], clock: FrozenClock
) -> None:
    clock.set(OPENING + timedelta(hours=15))  # one in the morning of Saturday, in Paris
    assert _names(client, stored, "when=today") == ["grown"]
    page = client.get("/").text.replace("\u00a0", " ")
    assert re.findall(r'class="quick" href="([^"]+)"[^>]*>([^<]+?) ?<', page) == [
        ("/?when=today#choose", "Aujourd’hui"),
        ("/?when=weekend#choose", "Ce week-end"),
        ("#near", "Près de moi"),
        ("/?places=1#choose", "Places restantes"),
        ("/?free=1#choose", "Entrée libre"),
    ]


def test_what_was_understood_is_said(client: FlaskClient, stored: dict[str, str]) -> None:
    page = client.get("/?q=sciencs").text.replace("\u00a0", " ")
    assert "Résultats pour <strong>« sciences »</strong> (vous avez écrit « sciencs »)." in page
    page = client.get("/?near=Atlantis").text.replace("\u00a0", " ")
    assert "« Atlantis » n’est pas dans ce programme" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("age=6&access=hi", [("/?age=6#choose", "Handicap auditif", "1 séance")]),
        (
            "near=Vif&within=5&audience=schools",
            [
                ("/?near=Vif&amp;audience=schools#choose", "à moins de 5 km", "1 séance"),
                ("/?near=Vif&amp;within=5#choose", "Scolaires", "1 séance"),
            ],
        ),
        ("age=6&access=hi&q=sciences", []),
        ("access=hi", []),
    ],
)
def test_where_nothing_answers_the_condition_that_is_too_many_is_named(
    client: FlaskClient, stored: dict[str, str], query: str, expected: list[tuple[str, str, str]]
) -> None:
    page = client.get(f"/?{query}").text.replace("\u00a0", " ")
    assert ">Aucune séance</h2>" in page
    found = re.findall(r'<li><a class="chip" href="([^"]+)">.*?</span> (.*?)</a> (.+?)</li>', page)
    assert [(href, words.split(" : ")[-1], n) for href, words, n in found] == expected


def test_the_distance_is_told_and_a_chip_takes_the_place_away(
    client: FlaskClient, stored: dict[str, str]
) -> None:
    page = client.get("/?near=Grenoble&within=20&age=6").text.replace("\u00a0", " ")
    assert re.findall(r'session-distance">([^<]+)<', page) == ["1,5 km"]
    assert re.findall(r'class="chip" href="([^"]+)"', page) == [
        "/?age=6#choose",
        "/?near=Grenoble&amp;within=20#choose",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=petite bete", ["little"]),
        ("q=sciencs", ["grown"]),
        ("q=sciences&edition=unknown", []),
        ("age=6", ["little"]),
        ("accessibility=vi", ["little"]),
        ("language=en", ["grown"]),
        ("level=cycle2", ["classes"]),
        ("theme=Physique&has_room=true", ["little", "classes"]),
        ("free_entry=true", ["classes"]),
        ("near=45.05,5.67&within_km=1", ["grown"]),
        ("near=45.05,5.67", ["grown"]),
    ],
)
def test_the_api_is_asked_the_same(
    client: FlaskClient, stored: dict[str, str], query: str, expected: list[str]
) -> None:
    answer: Any = client.get(f"/api/v1/sessions?{query}").json
    assert [stored[item["id"]] for item in answer["items"]] == expected


@pytest.mark.parametrize("query", ["near=95,5", "near=Vif", "age=200", "level=x", "within_km=0"])
def test_the_api_refuses_what_means_nothing(
    client: FlaskClient, stored: dict[str, str], query: str
) -> None:
    assert client.get(f"/api/v1/sessions?{query}").status_code == 422


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (6, ("everyone", "families")),
        (13, ("everyone", "families", "teenagers")),
        (17, ("everyone", "families", "teenagers")),
        (18, ("everyone", "families", "adults")),
    ],
)
def test_an_audience_suits_ages(age: int, expected: tuple[str, ...]) -> None:
    assert audiences_for(age) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45.187,5.735", Point(45.187, 5.735)),
        ("-21.1, 55.5", Point(-21.1, 55.5)),
        ("91,0", None),
        ("nan,0", None),
        ("45", None),
        ("Vif", None),
    ],
)
def test_a_position_is_read(text: str, expected: Any) -> None:
    assert read_point(text) == expected


def test_a_distance_is_that_of_a_great_circle_within_one_percent() -> None:
    grenoble, lyon = Point(45.1885, 5.7245), Point(45.7640, 4.8357)
    assert abs(distance_km(grenoble, lyon) - 94.5) < 0.95
