"""Subscribing: the same answer for everybody, nothing before the button, and the proof of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.notifications.domain.newsletter import asking
from services.notifications.domain.newsletter.asking import GOOD_FOR, MOST_MAILS
from services.notifications.models import Consent, OutgoingMail, SubscriptionRequest
from services.notifications.pages.newsletter import PER_EMAIL, PER_NETWORK, network_hash
from services.notifications.web import create_app
from shared.identifiers import new_id
from shared.testing.contexts import NOW, SECRET_KEY
from tests.services.notifications.events import mails, only_mail
from tests.services.notifications.mail_reading import page, plain, read
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    answer,
    begin,
    csrf,
    ident,
    publish,
    send,
    subscriptions,
    token_of,
    wish,
)

WORDS = (
    "J’accepte de recevoir par courriel la lettre du programme, à la fréquence choisie. Je peux y "
    "mettre fin à tout moment, par le lien qui est dans chaque courriel."
)


def requests(context):
    with context.database.read() as db:
        return list(db.scalars(sa.select(SubscriptionRequest).order_by(SubscriptionRequest.id)))


def consents(context):
    with context.database.read() as db:
        return list(db.scalars(sa.select(Consent).order_by(Consent.id)))


def test_whoever_subscribes_confirms_by_a_button_and_the_proof_is_kept(context, app):
    publish(context)
    publish(context, "volcan", commune=("38185", "Grenoble"))
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"

    page_ = send(
        client,
        "/newsletter",
        email=" Camille@Example.org",
        frequency="monthly",
        agrees="1",
        communes=["38563", "99999"],
        audiences=["families"],
    )
    assert "Regardez votre courrier" in page_.text
    assert (subscriptions(context), mails(context)) == ([], [])

    context.clock.advance(minutes=1)
    answer(context)
    mail = only_mail(context)
    link = f"/newsletter/confirm/{token_of(mail)}"
    context.clock.advance(minutes=1)
    opened = client.get(link)
    assert "Voiron" in opened.text
    assert "Familles" in opened.text
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert subscriptions(context) == []

    pressed = client.post(link, data={"csrf_token": csrf(opened)})

    assert pressed.headers["Location"] == f"/newsletter/preferences/{token_of(mail)}"
    [subscription], [consent] = subscriptions(context), consents(context)
    assert (subscription.kind, subscription.email, subscription.frequency) == (
        "digest",
        CAMILLE,
        "monthly",
    )
    assert subscription.topics == {"communes": ["38563"], "audiences": ["families"]}
    assert subscription.consent_id == consent.id
    assert (consent.email, consent.words, consent.words_version, consent.locale, consent.page) == (
        CAMILLE,
        WORDS,
        "2026-1",
        "fr",
        "/newsletter",
    )
    assert (consent.asked_at, consent.confirmed_at) == (NOW, NOW + timedelta(minutes=2))
    assert consent.network_hash == network_hash("198.51.100.200", SECRET_KEY)
    assert "198.51" not in str(consent.network_hash)
    assert requests(context) == []


def test_the_mail_asks_to_confirm_and_says_that_opening_changes_nothing(sqlite_context):
    app = create_app(sqlite_context)
    wish(app.test_client())
    answer(sqlite_context)

    mail = only_mail(sqlite_context)
    message = read(mail)
    assert message["Subject"] == "À confirmer : votre abonnement à la lettre du programme".replace(
        " :", "\u00a0:"
    )
    assert message["List-Unsubscribe"] is None
    assert plain(page(message, "plain")) == (
        "Confirmez votre abonnement\n"
        "\n"
        "Bonjour, vous voulez recevoir la lettre du programme chaque semaine. Il reste à "
        "confirmer.\n"
        "\n"
        "Confirmer :\n"
        f"https://fds.example/newsletter/confirm/{token_of(mail)}\n"
        "\n"
        "Suivre ce lien n’abonne encore à rien : vous confirmez sur la page qui s’ouvre, d’ici au "
        "dimanche 27 septembre à 10 h.\n"
        "\n"
        "--\n"
        "Vous n’avez rien demandé ? Ignorez ce courriel : sans confirmation, rien d’autre ne part, "
        "et la demande s’efface d’elle-même.\n"
    )


def test_the_answer_is_the_same_whether_the_address_is_subscribed_or_not(context, app):
    begin(context, app)
    known, unknown = (wish(app.test_client(), one) for one in (CAMILLE, "nobody@example.org"))

    assert known.text.replace(CAMILLE, "…") == unknown.text.replace("nobody@example.org", "…")
    assert [one.email for one in requests(context)] == [CAMILLE, "nobody@example.org"]
    answer(context)
    assert [mail.template for mail in mails(context)] == ["subscription_asked"] * 3


def test_confirming_again_changes_the_choices_and_keeps_both_proofs(context, app):
    publish(context)
    publish(context, "volcan", commune=("38185", "Grenoble"))
    begin(context, app)
    context.clock.advance(hours=1)
    second = begin(context, app, frequency="monthly", communes=["38185"])

    first, now_running = subscriptions(context)
    assert now_running.id == second.id
    assert (first.ended_for, now_running.ended_at) == ("replaced", None)
    assert now_running.topics == {"communes": ["38185"]}
    assert [one.withdrawn_at for one in consents(context)] == [context.clock(), None]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "camille"}, "email"),
        ({"email": "a" * 70 + "@example.org"}, "email"),
        ({"agrees": ""}, "agrees"),
        ({"frequency": "daily"}, "frequency"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_is_kept(
    sqlite_context, typed, field
):
    publish(sqlite_context)
    publish(sqlite_context, "volcan", commune=("38185", "Grenoble"))
    client = create_app(sqlite_context).test_client()

    response = wish(client, **({"communes": ["38185"]} | typed))

    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert 'value="38185" checked' in response.text
    assert f'value="{typed.get("email", CAMILLE)}"' in response.text
    assert requests(sqlite_context) == []


def test_a_page_of_the_programme_ticks_what_it_is_about(sqlite_context):
    publish(sqlite_context)
    publish(sqlite_context, "volcan", commune=("38185", "Grenoble"), theme="Volcans")
    client = create_app(sqlite_context).test_client()

    page_ = client.get("/newsletter?commune=38185&theme=Volcans&commune=nowhere").text

    assert 'value="38185" checked' in page_
    assert 'value="Volcans" checked' in page_
    assert page_.count("checked") == 3


def test_an_address_and_a_network_ask_so_often(sqlite_context):
    client = create_app(sqlite_context).test_client()
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    token = csrf(client.get("/newsletter"))

    def ask(email, **more):
        form = {"csrf_token": token, "email": email, "frequency": "weekly", "agrees": "1"}
        return client.post("/newsletter", data=form | more)

    answers = {ask(CAMILLE).text for _ in range(PER_EMAIL[0] + 1)}
    assert (len(answers), len(requests(sqlite_context))) == (1, PER_EMAIL[0])
    assert ask("robot@example.org", homepage="https://spam.example").status_code == 200
    assert len(requests(sqlite_context)) == PER_EMAIL[0]
    for number in range(PER_NETWORK[0] - PER_EMAIL[0] - 2):
        assert ask(f"somebody{number}@example.org").status_code == 200

    refused = ask("late@example.org")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "late@example.org" not in [one.email for one in requests(sqlite_context)]


def test_one_address_is_mailed_so_often_whichever_process_was_asked(sqlite_context):
    for _ in range(MOST_MAILS + 2):
        wish(create_app(sqlite_context).test_client())
        answer(sqlite_context)

    assert len(mails(sqlite_context)) == MOST_MAILS


def test_what_is_not_confirmed_vanishes(context, app):
    client = app.test_client()
    wish(client)
    answer(context)
    token = token_of(only_mail(context))
    form = csrf(client.get(f"/newsletter/confirm/{token}"))
    context.clock.advance(seconds=GOOD_FOR.total_seconds())

    pressed = client.post(f"/newsletter/confirm/{token}", data={"csrf_token": form})
    assert (pressed.status_code, subscriptions(context)) == (404, [])
    with context.database.write() as db:
        assert asking.forget_unconfirmed(db, now=context.clock()) == 1
    assert requests(context) == []


def test_a_link_that_was_used_leads_to_the_choices(context, app):
    token = begin(context, app).token
    client = app.test_client()

    again = client.get(f"/newsletter/confirm/{token}")

    assert again.headers["Location"] == f"/newsletter/preferences/{token}"
    assert client.get("/newsletter/confirm/nothing").status_code == 404
    assert len(subscriptions(context)) == 1


def test_whoever_did_not_ask_is_never_written_to_again(context, app):
    client = app.test_client()
    wish(client)
    answer(context)
    token = token_of(only_mail(context))

    send_to = f"/newsletter/confirm/{token}"
    form = csrf(client.get(send_to))
    refused = client.post(f"{send_to}/refuse", data={"csrf_token": form})

    assert "C’est noté" in refused.text
    assert requests(context) == []
    for _ in range(2):
        again = wish(client)
        answer(context)
    assert "Regardez votre courrier" in again.text
    assert len(mails(context)) == 1


def test_an_activity_is_followed_by_confirming_too(context, app):
    publish(context)
    page_ = app.test_client().get(f"/newsletter/follow/{ident('glacier')}")
    assert "Glacier" in page_.text

    subscription = begin(context, app, f"/newsletter/follow/{ident('glacier')}")

    assert (subscription.kind, str(subscription.activity_id), subscription.frequency) == (
        "follow",
        ident("glacier"),
        None,
    )
    [consent] = consents(context)
    assert consent.page == f"/newsletter/follow/{ident('glacier')}"
    assert "cette animation a une nouvelle date" in consent.words
    mail = only_mail(context)
    assert plain(mail.subject) == "À confirmer : suivre « Glacier »"
    assert app.test_client().get(f"/newsletter/follow/{ident('nothing')}").status_code == 404


def test_english_readers_agree_in_english(context, app):
    client = app.test_client()
    token = csrf(client.get("/newsletter?lang=en"))
    client.post(
        "/newsletter",
        data={"csrf_token": token, "email": CAMILLE, "frequency": "weekly", "agrees": "1"},
    )

    [request] = requests(context)
    assert (request.locale, request.words[:10]) == ("en", "I agree to")


def test_no_letter_can_be_queued_without_a_consent(context):
    with pytest.raises(sa.exc.IntegrityError), context.database.write() as db:
        db.add(
            OutgoingMail(
                event_id=new_id(),
                recipient=CAMILLE,
                template="newsletter",
                locale="fr",
                subject="",
                message_id="x",
                about_id=new_id(),
                about_version=0,
                content={},
                correlation_id="x",
                queued_at=NOW,
            )
        )
