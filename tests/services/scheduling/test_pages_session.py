"""A session's page: how to get in, whatever the way and the moment."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from services.scheduling.models import Session
from shared.context import ServiceContext
from shared.testing.contexts import FrozenClock
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import (
    OPENING,
    released_programme,
)


def _store(context: ServiceContext, **changes: Any) -> Session:
    with released_programme(context) as programme:
        return programme.add_session(**changes)


def _page(client: FlaskClient, session: Session) -> str:
    response = client.get(f"/sessions/{session.id}")
    assert response.status_code == 200
    return response.text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "")


def test_everything_about_the_session_is_there(
    client: FlaskClient, context: ServiceContext
) -> None:
    session = _store(context)
    page = _page(client, session)
    for words in (
        "Voir un muon",
        "Vendredi 2 octobre, 10 h 00 – 11 h 00",
        "Muséum",
        "Auditorium",
        "1 rue Dolomieu, 38000 Grenoble",
        "Une chambre à brouillard ; des traces, partout.",
        'Proposé par <a href="/organisations/museum-de-grenoble-',
        'href="/venues/museum-',
        'href="/communes/grenoble-38185"',
        'href="/activities/voir-un-muon-',
        'href="/themes/physique"',
        "Ada Martin",
        "https://www.openstreetmap.org/?mlat=45.1874&amp;mlon=5.7357#map=17/45.1874/5.7357",
        f"/feeds/venues/{session.venue_id}.ics",
        f"/sessions/{session.id}.ics",
        "/?edition=fds-2026",
    ):
        assert words in page, words


def test_an_unknown_session_is_404(client: FlaskClient) -> None:
    assert client.get(f"/sessions/{uuid4()}").status_code == 404


_HERE = {"registration": "here", "capacity": 20}
_ELSEWHERE = {"registration": "elsewhere"}


@pytest.mark.parametrize(
    ("changes", "words", "has_form_link"),
    [
        ({"registration": "none"}, "Entrée libre", False),
        ({**_HERE, "seats_left": 3}, "Il reste 3 places", True),
        ({**_HERE, "seats_left": 1}, "Il reste 1 place<", True),
        (_HERE, "Sur inscription", True),
        ({**_HERE, "seats_left": 0}, "Rejoindre la liste d’attente", True),
        ({**_HERE, "status": "cancelled"}, "Cette séance est annulée.", False),
        (
            {**_ELSEWHERE, "registration_telephone": "04 76 00 00 00"},
            'href="tel:0476000000"',
            False,
        ),
        ({**_ELSEWHERE, "registration_email": "a@b.example"}, 'href="mailto:a@b.example"', False),
        (
            {**_ELSEWHERE, "registration_link": "https://www.museum.example/resa?a=1"},
            "Réserver sur museum.example",
            False,
        ),
        ({**_ELSEWHERE, "registration_full": True}, "L’organisateur annonce", False),
    ],
)
def test_the_way_in_is_told(
    client: FlaskClient,
    context: ServiceContext,
    changes: dict[str, Any],
    words: str,
    has_form_link: bool,
) -> None:
    session = _store(context, **changes)
    page = _page(client, session)
    assert words in page
    assert (f'href="/register/{session.id}"' in page) == has_form_link


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "data:text/html,x"])
def test_a_link_that_is_no_web_address_is_not_followed(
    client: FlaskClient, context: ServiceContext, link: str
) -> None:
    session = _store(context, registration="elsewhere", registration_link=link)
    assert link not in _page(client, session)


@pytest.mark.parametrize(
    ("minutes", "kind", "words"),
    [
        (30, "timed", "La séance a commencé."),
        (30, "drop_in", "M’inscrire"),
        (61, "timed", "Cette séance est passée."),
        (61, "drop_in", "Cette séance est passée."),
    ],
)
def test_when_it_has_begun_or_is_over(
    client: FlaskClient,
    context: ServiceContext,
    clock: FrozenClock,
    minutes: int,
    kind: str,
    words: str,
) -> None:
    session = _store(context, kind=kind, **_HERE)
    clock.set(OPENING + timedelta(minutes=minutes))
    assert words in _page(client, session)


def test_other_dates_still_to_come_are_listed(
    client: FlaskClient, context: ServiceContext, clock: FrozenClock
) -> None:
    with released_programme(context) as programme:
        first, second, third = programme.add_sessions(3)
    clock.set(OPENING + timedelta(minutes=90))
    page = _page(client, second)
    assert f"/sessions/{third.id}" in page
    assert f"/sessions/{first.id}" not in page


def test_texts_are_shown_as_text(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        activity = programme.add_activity(
            "<b>Gras</b>", description_fr="Un.\n\nDeux <script>\ntrois."
        )
        session = programme.add_session(activity)
    page = _page(client, session)
    assert "<p>Un.</p>\n<p>Deux &lt;script&gt;<br>\ntrois.</p>" in page
    assert "&lt;b&gt;Gras&lt;/b&gt;" in page


def test_weekdays_with_the_same_hours_are_one_line(
    client: FlaskClient, context: ServiceContext
) -> None:
    whole = [{"weekday": day, "opens": "10:00", "closes": "18:00"} for day in (3, 4, 5)]
    parted = [
        {"weekday": 6, "opens": "14:00", "closes": "19:00"},
        {"weekday": 6, "opens": "09:30", "closes": "12:00"},
    ]
    session = _store(
        context,
        kind="exhibition",
        ends_at=OPENING + timedelta(days=30),
        weekly_hours=[*parted, *whole],
    )
    hours = re.findall(r'<li>([^<]+)<span class="line">([^<]+)</span></li>', _page(client, session))
    assert hours == [
        ("du mercredi au vendredi", "10 h 00 – 18 h 00"),
        ("le samedi", "9 h 30 – 12 h 00, 14 h 00 – 19 h 00"),
    ]


def test_what_is_shown_in_french_on_an_english_page_says_so(
    client: FlaskClient, context: ServiceContext
) -> None:
    with released_programme(context) as programme:
        both = programme.add_session(programme.add_activity(title_en="See it"))
        french = programme.add_session(
            programme.add_activity("Étoiles", title_en=None, description_en=None)
        )
    shown = client.get(f"/sessions/{french.id}?lang=en").text
    assert '<h1 lang="fr">Étoiles</h1>' in shown
    assert '<div class="prose" lang="fr">' in shown
    listed = client.get("/?lang=en").text
    assert f'<a href="/sessions/{french.id}" lang="fr">Étoiles</a>' in listed
    assert f'<a href="/sessions/{both.id}">See it</a>' in listed
    assert (
        'lang="fr">' not in client.get(f"/sessions/{french.id}?lang=fr").text.split("<main", 1)[1]
    )


def test_a_shared_page_has_a_picture_and_a_title_with_its_time(
    client: FlaskClient, context: ServiceContext
) -> None:
    session = _store(context)
    page = _page(client, session)
    assert "<title>Voir un muon, vendredi 2 octobre, 10 h 00 – 11 h 00 · Parvis</title>" in page
    assert '<meta property="og:title" content="Voir un muon">' in page
    picture = re.search(r'property="og:image" content="http://127.0.0.1:8000([^"]+)"', page)
    assert picture is not None
    answer = client.get(picture[1])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_the_page_takes_four_statements(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_sessions(8)[0]
    with statements_of(context.database) as sent:
        client.get(f"/sessions/{session.id}")
    assert len(sent) == 4


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/accessibilite", "Défenseur des droits"),
        ("/mentions-legales", "EUPL 1.2"),
        ("/donnees-personnelles", "CNIL"),
    ],
)
def test_the_footer_leads_to_what_the_law_asks(client: FlaskClient, path: str, words: str) -> None:
    assert words in client.get(path).text
    assert f'href="{path}" aria-current="page"' in client.get(path).text
