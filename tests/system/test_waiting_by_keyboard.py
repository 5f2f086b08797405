"""Who waits for a full session is offered a place and takes it, or leaves it to the next.

By keyboard alone, from the page that says *full* to the ticket; opening a link decides nothing.
"""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from shared.i18n import format_day
from shared.testing.accessibility import faults_of
from shared.testing.looks import LOOKS, PHONE
from tests.system.test_the_whole_way import manage_path, part
from tests.system.waiting import booking_of, cancel, full_session, letter, wait_for

DARK_PHONE_IN_ENGLISH = LOOKS[2]

RULE = (
    "Quand des places se libèrent, elles sont proposées aux personnes de la liste dans l’ordre "
    "d’arrivée, dès que leur groupe entier tient.",
    "À votre tour, un courriel vous prévient et vos places sont gardées jusqu’à l’heure qu’il "
    "indique : un jour en général, moins quand la séance approche, jamais la nuit (de 21 h à 8 h) "
    "sauf si les inscriptions s’y terminent. Vous acceptez d’un clic. Sans réponse, elles passent "
    "aux suivants.",
)
RULE_IN_ENGLISH = (
    "When places become free, they are offered to the people on the list in the order in which "
    "they joined, as soon as their whole group fits."
)


@pytest.fixture
def emails():
    """Return the addresses of three families, which nobody else has."""
    mark = uuid4().hex[:8]
    return [f"{name}-{mark}@example.org" for name in ("leila", "jo", "paul")]


def text_of(mail):
    """Return what a mail says, on one line, with plain spaces."""
    return " ".join(part(mail, "text/plain").decode().split())


def join(somebody, session, email, *, labels, button):
    """Follow the way from the page of a full session to its waitlist, for two adults."""
    name, address, adults = labels
    somebody.go(f"/sessions/{session['id']}")
    somebody.follow(button, leading_to=f"**/register/{session['id']}")
    somebody.go(f"/register/{session['id']}")  # of several services, another one's page
    somebody.type(address, email)
    somebody.type(name, "Famille Haddad")
    somebody.type(adults, "2")


def send(somebody, button):
    somebody.press(button)
    somebody.page.wait_for_url("**/registrations/**")


def deadline(booking):
    """Return the local time until which a place is offered."""
    until = datetime.fromisoformat(booking["offer_expires_at"])
    return until.astimezone(ZoneInfo("Europe/Paris"))


def test_who_waits_takes_the_place_or_leaves_it_to_the_next(enter, installation, emails):
    session, held = full_session(installation, seats=4)
    leila, jo, paul = emails

    family = enter(**PHONE)
    words = ("Nom", "Adresse électronique", "Adultes")
    join(family, session, leila, labels=words, button="Rejoindre la liste d’attente")
    expect(family.main).to_contain_text(
        "Cette séance est complète. "
        "Vous pouvez vous inscrire sur la liste d’attente : cela n’engage à rien."
    )
    rule = family.page.locator(".waitlist-rule")
    for sentence in RULE:
        expect(rule).to_contain_text(sentence)
    send(family, "Rejoindre la liste d’attente")
    title = family.page.get_by_role("heading", level=1)
    expect(title).to_have_text("Vous êtes sur la liste d’attente")
    expect(family.main).to_contain_text(
        "Ce n’est pas encore une place. S’il s’en libère à votre tour, nous vous la proposons par "
        "courriel, et vous l’acceptez ici."
    )
    expect(family.main).to_contain_text("Vous êtes au rang 1 de la liste d’attente.")
    expect(rule).to_be_hidden()
    family.page.get_by_text("Comment marche la liste d’attente").press("Enter")
    expect(rule.get_by_text(RULE[0])).to_be_visible()

    guest = enter(**DARK_PHONE_IN_ENGLISH)
    words = ("Name", "E-mail address", "Adults")
    join(guest, session, jo, labels=words, button="Join the waiting list")
    expect(guest.page.locator(".waitlist-rule")).to_contain_text(RULE_IN_ENGLISH)
    send(guest, "Join the waiting list")
    expect(guest.main).to_contain_text("You are number 2 on the waiting list.")
    next_one = wait_for(installation, session["id"], paul, adults=2)
    assert "la séance est complète. Si une place se libère à votre tour" in text_of(
        letter(installation, leila, "Liste d’attente")
    )

    cancel(installation, held)
    offer = letter(installation, leila, "Places proposées")
    path = manage_path(offer)
    booking = booking_of(installation, path)
    until = deadline(booking)
    day = format_day(until.date(), "fr")
    hour = f"{until.hour} h {until.minute:02}".removesuffix(" 00")
    assert (
        "des places se sont libérées et c’est votre tour. Nous les gardons pour vous : "
        f"acceptez-les d’ici au {day} à {hour}. Sans réponse, elles iront à quelqu’un d’autre."
    ) in text_of(offer)
    for _ in range(2):
        assert installation.get(path).status_code == 200
    assert booking_of(installation, path) == booking
    assert (booking["status"], booking["seats"]) == ("offered", 2)

    family.go(path)
    expect(title).to_have_text("Des places vous sont proposées")
    offered = family.page.locator("section.offer")
    expect(offered.get_by_role("heading", level=2)).to_have_text(
        f"À accepter d’ici au {day} à {until.hour} h {until.minute:02}"
    )
    expect(offered).to_contain_text(
        "Des places se sont libérées, et c’est votre tour : nous les gardons pour vous jusque-là. "
        "Sans réponse, elles iront aux personnes suivantes."
    )
    family.press("Accepter les 2 places")
    expect(family.page.get_by_text("C’est noté : les places sont à vous.")).to_be_visible()
    expect(family.main.get_by_role("img", name="Code QR du billet")).to_be_visible()
    expect(title).to_have_text("Votre inscription")
    expect(offered).to_have_count(0)
    assert faults_of(family.page) == []
    assert booking_of(installation, path)["status"] == "confirmed"
    confirmed = letter(installation, leila, "Votre inscription")
    assert "votre inscription est confirmée. Gardez ce courriel" in text_of(confirmed)
    assert part(confirmed, "image/png").startswith(b"\x89PNG")

    assert booking_of(installation, next_one)["status"] == "waitlisted"
    path = manage_path(letter(installation, jo, "Places for you"))
    guest.go(path)
    english = guest.page.get_by_role("heading", level=1)
    expect(english).to_have_text("Places are being offered to you")
    guest.press("Decline")
    expect(english).to_have_text("You declined the places")
    assert booking_of(installation, next_one)["status"] == "offered"
    assert "Thank you for answering." in text_of(letter(installation, jo, "Places declined"))
    letter(installation, paul, "Places proposées")
    assert installation.get(f"/api/v1/sessions/{session['id']}").json()["seats_left"] == 0
