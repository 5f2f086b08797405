"""The mail to whoever is let in as staff: who invites, to what, and how to enter."""

from typing import Any

from services.notifications.domain.invitations import tell_invitation
from shared.context import ServiceContext
from tests.services.notifications.events import golden, mails, only_mail
from tests.services.notifications.mail_reading import page, plain, read


def invite(context: ServiceContext, **changes: Any) -> None:
    """Let notifications hear of an invitation, changed here and there."""
    event = golden("scheduling.account_invited", **changes)
    with context.database.write() as db:
        assert tell_invitation(db, event, now=context.clock())
        assert not tell_invitation(db, event, now=context.clock())


def test_an_invitation_says_who_invites_to_what_and_how_to_enter(context: ServiceContext) -> None:
    invite(context)
    message = read(only_mail(context))

    assert message["Subject"] == "Nour Belkacem vous invite dans l’espace organisateur"
    assert message["To"] == "Inès Ravel <mediation@museum.example>"
    assert message["Reply-To"] == "coordination@parvis.example"
    assert plain(page(message, "plain")) == (
        "Bienvenue, Inès Ravel\n"
        "\n"
        "Nour Belkacem vous ouvre l’espace organisateur de Parvis.\n"
        "\n"
        "Ce que vous pourrez faire\n"
        "- Proposer et tenir à jour les animations de votre structure.\n"
        "\n"
        "  Muséum de Grenoble\n"
        "\n"
        "Me connecter\n"
        "https://parvis.example/console/sign-in\n"
        "\n"
        "Pas de mot de passe : donnez cette adresse, mediation@museum.example, et un lien pour"
        " entrer vous est envoyé.\n"
        "\n"
        "--\n"
        "Vous n’attendiez pas cette invitation ? Ignorez-la.\n"
        "Une question ? Répondez à ce courriel ou écrivez à coordination@parvis.example.\n"
    )
    html = page(message, "html")
    assert 'href="https://parvis.example/console/sign-in"' in html
    assert "Muséum de Grenoble" in html


def test_an_operators_invitation_names_nobody_and_speaks_the_readers_language(
    context: ServiceContext,
) -> None:
    recipient = {"email": "ada@example.org", "name": "Ada\nMartin", "locale": "en"}
    invite(
        context,
        recipient=recipient,
        inviter=None,
        inviter_email=None,
        roles=["coordinator", "reader"],
        organisations=[],
    )
    message = read(only_mail(context))

    assert message["Subject"] == "You are invited to the organisers’ area"
    assert message["Reply-To"] is None
    text = page(message, "plain")
    assert "Welcome, Ada Martin" in text
    assert "- Coordinate the festival: its programme, accounts and releases." in text
    assert "- Read the working programme, without changing it." in text


def test_a_name_with_markup_stays_a_name(context: ServiceContext) -> None:
    invite(context, organisations=["<b>Muséum</b>"], inviter="<script>")

    [mail] = mails(context)
    html = page(read(mail), "html")
    assert "&lt;b&gt;Muséum&lt;/b&gt;" in html
    assert "<script>" not in html
