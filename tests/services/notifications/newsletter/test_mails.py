"""How letters and alerts read, in both languages, and by which headers one leaves them."""

import re

import pytest

from services.notifications.domain.composing import compose
from services.notifications.domain.identity import Identity
from services.notifications.domain.newsletter.facts import styled
from services.notifications.models import OutgoingMail
from services.notifications.web import create_app
from shared.markdown import to_html
from shared.testing.contexts import NOW
from tests.services.notifications.events import IDENTITY
from tests.services.notifications.mail_reading import page, plain, read
from tests.services.notifications.newsletter.subscribing import (
    begin,
    count_seats,
    ident,
    publish,
    serve,
)


@pytest.fixture
def context(sqlite_context):
    return sqlite_context


@pytest.fixture
def app(context):
    return create_app(context)


def letter_of(context, app):
    """Return a letter that tells something of everything."""
    context.clock.advance(hours=26)  # Friday, ten
    for name in ("volcan", "muon"):
        publish(context, name, days=10)
    count_seats(context, "muon", 3, version=1)
    begin(context, app)
    context.clock.advance(days=1)
    publish(context, "glacier", days=12, audience="schools")
    publish(context, "glacier-2", activity="glacier", days=14)
    publish(context, "volcan", version=2, days=10, status="cancelled")
    context.clock.advance(days=5)
    [letter] = serve(context)
    return letter


def test_a_letter_reads_as_text(context, app):
    letter = letter_of(context, app)

    token = letter.content["token"]
    message = read(letter)
    assert plain(message["Subject"]) == "Au programme : Glacier et 1 autre nouvelle"
    assert plain(page(message, "plain")) == (
        "Du nouveau au programme\n"
        "\n"
        "Bonjour, voici les nouvelles de la semaine : 1 nouveauté et 1 changement.\n"
        "\n"
        "----------------------------------------\n"
        "Nouveau au programme\n"
        "----------------------------------------\n"
        "\n"
        "Glacier\n"
        "jeudi 8 octobre 2026, 12 h – 13 h et 1 autre date\n"
        "Médiathèque de Voiron\n"
        "Scolaires\n"
        f"https://fds.example/activities/{ident('glacier')}\n"
        "\n"
        "----------------------------------------\n"
        "Ce qui change\n"
        "----------------------------------------\n"
        "\n"
        "Volcan (Séance annulée)\n"
        "mardi 6 octobre 2026, 12 h – 13 h\n"
        "Médiathèque de Voiron\n"
        "Familles\n"
        f"https://fds.example/sessions/{ident('volcan')}\n"
        "\n"
        "----------------------------------------\n"
        "Encore des places\n"
        "----------------------------------------\n"
        "\n"
        "Muon\n"
        "lundi 5 octobre 2026, 12 h – 13 h\n"
        "Médiathèque de Voiron\n"
        "Familles · 3 places\n"
        f"https://fds.example/sessions/{ident('muon')}\n"
        "\n"
        "Voir tout le programme :\n"
        "https://fds.example/\n"
        "\n"
        "--\n"
        "Parvis\n"
        "Vous recevez cette lettre parce que vous vous y êtes abonné·e.\n"
        f"Changer mes choix : https://fds.example/newsletter/preferences/{token}\n"
        f"Me désabonner : https://fds.example/newsletter/unsubscribe/{token}\n"
    )


def test_a_letter_reads_in_english_too(context, app):
    letter = letter_of(context, app)
    letter.locale = "en"

    text = page(read(letter), "plain")

    for words in (
        "What is new in the programme",
        "Hello, here is the news of the week: 1 new activity and 1 change.",
        "and 1 other date",
        "Session cancelled",
        "Families · 3 seats",
        "You receive this letter because you subscribed to it.",
    ):
        assert words in text, words


def test_the_html_has_all_of_it_and_fetches_nothing(context, app):
    letter = letter_of(context, app)

    html = page(read(letter), "html")

    for path in (
        f"activities/{ident('glacier')}",
        f"sessions/{ident('volcan')}",
        "newsletter/unsubscribe",
    ):
        assert f'href="https://fds.example/{path}' in html
    assert re.findall(r"<(?:img|link|script)|url\(|src=", html) == []
    preview = re.search(r"display: none[^>]*>([^&]*)", html)
    assert preview is not None
    assert preview[1] == "Glacier, Volcan, Muon"


def test_one_leaves_by_one_click_where_the_site_is_on_https(context, app):
    letter = letter_of(context, app)
    token = letter.content["token"]

    secure = compose(letter, IDENTITY)
    plain_site = compose(letter, Identity("parvis@fds.example", "http://127.0.0.1:8000"))

    names = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence", "Auto-Submitted")
    assert [secure[name] for name in names] == [
        "<newsletter.fds.example>",
        f"<https://fds.example/newsletter/unsubscribe/{token}>",
        "List-Unsubscribe=One-Click",
        "bulk",
        "auto-generated",
    ]
    assert [plain_site[name] for name in names[1:3]] == [
        f"<http://127.0.0.1:8000/newsletter/unsubscribe/{token}>",
        None,
    ]
    # one line each: what a mail program reads, and what a signature covers
    octets = secure.as_bytes()
    assert (
        f"\r\nList-Unsubscribe: <https://fds.example/newsletter/unsubscribe/{token}>\r\n".encode()
        in octets
    )
    assert compose(letter, IDENTITY).as_bytes() == octets


def test_an_alert_says_which_dates_are_new(context, app):
    publish(context, "glacier", days=9)
    begin(context, app, f"/newsletter/follow/{ident('glacier')}")
    context.clock.advance(hours=1)
    publish(context, "glacier-2", activity="glacier", title={"fr": "Glacier", "en": None}, days=14)
    context.clock.advance(minutes=5)
    [alert] = serve(context)
    token = alert.content["token"]

    message = read(alert)

    assert plain(message["Subject"]) == "Nouvelle date : Glacier, jeudi 8 octobre à 11 h"
    assert message["List-Id"] == "<alerts.fds.example>"
    assert plain(page(message, "plain")) == (
        "Glacier\n"
        "\n"
        "Bonjour, une nouvelle date est au programme pour « Glacier », que vous suivez.\n"
        "\n"
        "Glacier (Nouvelle date)\n"
        "jeudi 8 octobre 2026, 11 h – 12 h\n"
        "Médiathèque de Voiron\n"
        "Familles\n"
        f"https://fds.example/sessions/{ident('glacier-2')}\n"
        "\n"
        "Voir toutes les dates :\n"
        f"https://fds.example/activities/{ident('glacier')}\n"
        "\n"
        "--\n"
        "Parvis\n"
        "Vous recevez ce courriel parce que vous suivez cette animation.\n"
        f"Changer mes choix : https://fds.example/newsletter/preferences/{token}\n"
        f"Ne plus la suivre : https://fds.example/newsletter/unsubscribe/{token}\n"
    )


def test_a_hostile_subject_stays_a_subject():
    content = {
        "token": "t",
        "frequency": "weekly",
        "sender": "Muséum\r\nBcc: all@example.org",
        "contact": None,
        "campaign": {"id": "1", "texts": {"body_fr": "<script>x</script>[a](javascript:x)"}},
        "new": [],
        "changed": [],
        "free": [],
        "more": 0,
    }
    mail = OutgoingMail(
        recipient="camille@example.org",
        template="newsletter",
        locale="fr",
        subject="Bonjour\r\nBcc: all@example.org",
        message_id="x",
        content=content,
        queued_at=NOW,
    )

    message = read(mail)

    assert message["Bcc"] is None
    assert message["Subject"] == "Bonjour Bcc: all@example.org"
    assert "<script>" not in page(message, "html")
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page(message, "html"))


def test_what_is_written_in_markdown_is_dressed_for_mails():
    html = styled(to_html("## Ici\n\n[a](/b) et *c*\n\n- d"), "https://fds.example")

    assert html.startswith('<h2 class="ink" style="')
    assert 'href="https://fds.example/b"' in html
    assert "<em>c</em>" in html
    assert '<li class="ink" style="' in html
