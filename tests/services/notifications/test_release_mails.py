"""What a mail about a release says, in text, in HTML and in the calendar that it carries."""

import re
from email.message import EmailMessage
from typing import Any

import pytest

from shared.context import ServiceContext
from shared.messaging.envelope import Envelope
from shared.testing.calendars import assert_valid_calendar
from tests.services.notifications.events import made, mails, react
from tests.services.notifications.mail_reading import (
    appointments,
    calendar,
    calendars,
    events,
    page,
    plain,
    read,
    types,
    words,
)
from tests.services.notifications.releases import (
    AUDITORIUM,
    MUSEUM,
    booking,
    change,
    know,
    moved,
    off,
    release,
    session,
)

BEFORE = session()
AFTER = moved(BEFORE)
OTHER = session(
    2,
    "La nuit des chauves-souris",
    starts_at="2026-10-09T18:00:00+00:00",
    ends_at="2026-10-09T20:00:00+00:00",
)
WEEK = [{"weekday": day, "opens": "10:00", "closes": "18:00"} for day in range(2, 8)]
EXHIBITION = session(
    3,
    "Mille ans de glace",
    kind="exhibition",
    starts_at="2026-10-02T22:00:00+00:00",
    ends_at="2027-01-09T23:00:00+00:00",
    weekly_hours=WEEK,
    closures=["2026-12-25"],
)


def told(context: ServiceContext, event: Envelope, *known: dict[str, Any]) -> EmailMessage:
    """Return the mail that an event causes once notifications knows the sessions."""
    know(context, *known)
    assert react(context, event)
    return read(mails(context)[-1])


def test_the_whole_text_of_a_moved_and_a_cancelled_session(
    sqlite_context: ServiceContext,
) -> None:
    there = AFTER | {"venue": MUSEUM, "space": None}
    gone = off(OTHER)
    rest = session(4, "Une promenade au clair de lune", kind="drop_in")
    event = release(
        change(BEFORE, there),
        change(OTHER, gone),
        bookings=[
            booking(there),
            booking(gone, status="cancelled", revision=1),
            booking(rest, party={"adults": 1}),
        ],
        token="the-token",
    )
    message = told(sqlite_context, event, there, gone, rest)
    assert plain(page(message, "plain")) == (
        "Votre programme change\n"
        "\n"
        "Bonjour Camille Martin, 1 séance de votre inscription change d’horaire ou de lieu et "
        "1 séance est annulée. Nous en sommes désolés. Voici le détail, puis le reste de votre "
        "inscription.\n"
        "\n"
        "----------------------------------------\n"
        "[Séance annulée]\n"
        "La nuit des chauves-souris\n"
        "\n"
        "Était prévue :\n"
        "  vendredi 9 octobre 2026, 20 h – 22 h\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "\n"
        "Les autres dates de cette animation :\n"
        f"https://fds.example/sessions/{gone['id']}\n"
        "\n"
        "----------------------------------------\n"
        "[Nouvel horaire, nouveau lieu]\n"
        "Fabrique ton glacier\n"
        "\n"
        "AVANT :\n"
        "  samedi 10 octobre 2026, 14 h – 15 h 30\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "MAINTENANT :\n"
        "  dimanche 11 octobre 2026, 12 h – 13 h 30\n"
        "  Muséum de Grenoble\n"
        "  1 rue Dolomieu\n"
        "  38000 Grenoble\n"
        "\n"
        "Votre groupe : 2 adultes, 1 enfant\n"
        "\n"
        "========================================\n"
        "Le reste de votre inscription\n"
        "========================================\n"
        "Une promenade au clair de lune\n"
        "samedi 10 octobre 2026, en continu de 14 h à 15 h 30\n"
        "Médiathèque de Voiron, Salle du Conte\n"
        "1 place de la République\n"
        "38500 Voiron\n"
        "Votre groupe : 1 adulte\n"
        "\n"
        "----------------------------------------\n"
        "\n"
        "Code d’inscription : K7M4 2QXP\n"
        "À l’entrée, montrez le code QR joint, ou dites ce code.\n"
        "Imprimer le billet : https://fds.example/registrations/the-token/ticket\n"
        "\n"
        "Gérer mon inscription (modifier le groupe, annuler) :\n"
        "https://fds.example/registrations/the-token\n"
        "\n"
        "Cela ne vous convient plus ? Annulez à cette adresse : votre place servira à quelqu’un "
        "d’autre.\n"
        "Les fichiers joints, un par séance, mettent votre agenda à jour : ouvrez-les.\n"
        "\n"
        "--\n"
        "Fête de la science 2026\n"
        "Vous recevez ce courriel parce que votre adresse a été donnée pour une inscription.\n"
        "Une question ? Répondez à ce courriel ou écrivez à coordination@fds.example.\n"
    )


def test_the_whole_text_in_english(sqlite_context: ServiceContext) -> None:
    here = BEFORE | {"space": AUDITORIUM}
    message = told(sqlite_context, release(change(BEFORE, here), locale="en", token="t"), here)
    assert plain(page(message, "plain")) == (
        "Your session has a new place\n"
        "\n"
        "Hello Camille Martin, your booking remains valid. Here is what changes.\n"
        "\n"
        "----------------------------------------\n"
        "[New place]\n"
        "Fabrique ton glacier\n"
        "\n"
        "BEFORE:\n"
        "  Médiathèque de Voiron, Salle du Conte\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "NOW:\n"
        "  Médiathèque de Voiron, Auditorium\n"
        "  1 place de la République\n"
        "  38500 Voiron\n"
        "Same time:\n"
        "  Saturday 10 October 2026, 14:00 – 15:30\n"
        "\n"
        "Your party: 2 adults, 1 child\n"
        "\n"
        "----------------------------------------\n"
        "\n"
        "Registration code: K7M4 2QXP\n"
        "At the door, show the attached QR code or give this code.\n"
        "Print the ticket: https://fds.example/registrations/t/ticket\n"
        "\n"
        "Manage my registration (change the party, cancel):\n"
        "https://fds.example/registrations/t\n"
        "\n"
        "Does it no longer suit you? Cancel at this address: somebody else will be glad of your "
        "place.\n"
        "The attached file brings your calendar up to date: open it.\n"
        "\n"
        "--\n"
        "Science Festival 2026\n"
        "You receive this mail because your address was given for a registration.\n"
        "A question? Answer this mail or write to coordination@fds.example.\n"
    )


def test_the_page_says_in_words_what_it_strikes_out(sqlite_context: ServiceContext) -> None:
    message = told(sqlite_context, release(change(BEFORE, AFTER)), AFTER)
    html = plain(page(message, "html"))
    struck = [re.sub("<[^>]*>", "", one) for one in re.findall("<s>(.*?)</s>", html)]
    assert struck == ["samedi 10 octobre 2026, 14 h – 15 h 30"]
    said = plain(words(message, "html"))
    old, new = said.index(struck[0]), said.rindex("dimanche 11 octobre 2026, 12 h – 13 h 30")
    assert said[:old].rstrip().endswith("Avant")
    assert said[:new].rstrip().endswith("Maintenant")


def test_the_preview_is_the_news(sqlite_context: ServiceContext) -> None:
    message = told(sqlite_context, release(change(BEFORE, AFTER)), AFTER)
    html = plain(page(message, "html"))
    hidden = html[html.index("display: none") :]
    shown_first = hidden[hidden.index(">") + 1 :]
    assert shown_first.startswith("Maintenant : dimanche 11 octobre 2026, 12 h – 13 h 30")


def test_a_session_under_another_title_is_recognised(sqlite_context: ServiceContext) -> None:
    renamed = AFTER | {"title": {"fr": "Fabrique ta banquise", "en": None}}
    message = told(sqlite_context, release(change(BEFORE, renamed)), renamed)
    for kind in ("plain", "html"):
        assert "Auparavant : Fabrique ton glacier" in plain(words(message, kind))


def test_an_exhibition_tells_its_hours(sqlite_context: ServiceContext) -> None:
    shorter = EXHIBITION | {"weekly_hours": [*WEEK[:5], WEEK[5] | {"opens": "14:00"}]}
    message = told(sqlite_context, release(change(EXHIBITION, shorter)), shorter)
    text = plain(page(message, "plain"))
    assert "AVANT :\n  du 3 octobre 2026 au 9 janvier 2027, du mardi au dimanche\n" in text
    assert "  Du mardi au dimanche : 10 h – 18 h\n  Fermé : vendredi 25 décembre 2026\n" in text
    assert "  Du mardi au samedi : 10 h – 18 h\n  Le dimanche : 14 h – 18 h\n" in text


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("waitlisted", "vous êtes sur la liste d’attente de cette séance"),
        ("offered", "des places vous sont proposées dans cette séance"),
    ],
)
def test_who_has_no_seat_yet_is_told_in_words_of_their_own(
    sqlite_context: ServiceContext, status: str, expected: str
) -> None:
    event = release(change(BEFORE, AFTER, was=status))
    message = told(sqlite_context, event, AFTER)
    for kind in ("plain", "html"):
        said = plain(words(message, kind))
        assert expected in said
        assert "La séance que vous attendez change d’horaire" in said
        assert "votre place servira" not in said
    assert types(message) == ["text/plain", "text/html"]


def test_who_waited_for_a_session_that_is_off_has_nothing_to_take_out_of_an_agenda(
    sqlite_context: ServiceContext,
) -> None:
    event = release(change(BEFORE, off(BEFORE), was="waitlisted"))
    message = told(sqlite_context, event, off(BEFORE))
    assert "pour laquelle vous étiez sur liste d’attente" in page(message, "plain")
    assert types(message) == ["text/plain", "text/html"]


def test_a_cancelled_session_is_regretted_and_leads_to_other_dates(
    sqlite_context: ServiceContext,
) -> None:
    message = told(sqlite_context, release(change(BEFORE, off(BEFORE))), off(BEFORE))
    for kind in ("plain", "html"):
        said = page(message, kind)
        assert "nous sommes désolés" in said
        assert f"https://fds.example/sessions/{BEFORE['id']}" in said
        assert "https://fds.example/registrations/" not in said
    assert types(message) == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_the_headers_are_those_of_the_family(sqlite_context: ServiceContext) -> None:
    know(sqlite_context, AFTER)
    react(sqlite_context, made(version=1, bookings=[booking(AFTER)]))
    react(sqlite_context, release(change(BEFORE, AFTER)))
    first, second = map(read, mails(sqlite_context))
    assert {name: second[name] for name in ("From", "To", "Reply-To", "Auto-Submitted")} == {
        "From": "Fête de la science 2026 <parvis@fds.example>",
        "To": "Camille Martin <camille@example.org>",
        "Reply-To": "coordination@fds.example",
        "Auto-Submitted": "auto-generated",
    }
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]


def test_the_calendar_moves_the_entry_that_the_confirmation_made(
    sqlite_context: ServiceContext,
) -> None:
    know(sqlite_context, BEFORE, OTHER, version=1)
    both = [booking(BEFORE), booking(OTHER)]
    react(sqlite_context, made(version=1, bookings=both))
    know(sqlite_context, AFTER, version=2)
    react(sqlite_context, release(change(BEFORE, AFTER), bookings=both))
    first, second = (appointments(read(mail)) for mail in mails(sqlite_context))
    entries = ("SEQUENCE", "STATUS", "DTSTART")
    assert [
        {uid: [event[name] for name in entries] for uid, event in told.items()}
        for told in (first, second)
    ] == [
        {
            BEFORE["uid"]: ["0", "CONFIRMED", "20261010T140000"],
            OTHER["uid"]: ["0", "CONFIRMED", "20261009T200000"],
        },
        {
            BEFORE["uid"]: ["1", "CONFIRMED", "20261011T120000"],
            OTHER["uid"]: ["0", "CONFIRMED", "20261009T200000"],
        },
    ]


def test_the_calendar_cancels_a_lone_entry_by_its_method(sqlite_context: ServiceContext) -> None:
    know(sqlite_context, BEFORE, version=1)
    react(sqlite_context, made(version=1, bookings=[booking(BEFORE)]))
    know(sqlite_context, off(BEFORE), version=2)
    react(sqlite_context, release(change(BEFORE, off(BEFORE))))
    ics = calendar(read(mails(sqlite_context)[1]))
    assert_valid_calendar(ics)
    assert b"METHOD:CANCEL\r\n" in ics
    [event] = events(ics).values()
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (BEFORE["uid"], "CANCELLED", "2")


def test_a_cancelled_entry_among_others_leaves_the_agenda(sqlite_context: ServiceContext) -> None:
    event = release(
        change(BEFORE, off(BEFORE)),
        bookings=[booking(BEFORE, status="cancelled", revision=1), booking(OTHER)],
    )
    message = told(sqlite_context, event, off(BEFORE), OTHER)
    methods = [re.findall("METHOD:(.*)\r\n", ics.decode()) for ics in calendars(message)]
    assert methods == [["CANCEL"], ["CANCEL"], ["REQUEST"]]
    assert {uid: one["STATUS"] for uid, one in appointments(message).items()} == {
        BEFORE["uid"]: "CANCELLED",
        OTHER["uid"]: "CONFIRMED",
    }


def test_twelve_changes_fit_in_one_mail(sqlite_context: ServiceContext) -> None:
    before = [session(10 + n, f"Atelier {n}") for n in range(12)]
    after = [off(one) if n % 4 == 0 else moved(one, hours=n) for n, one in enumerate(before)]
    event = release(*map(change, before, after))
    message = told(sqlite_context, event, *after)
    assert "9 séances de votre inscription changent" in plain(page(message, "plain"))
    assert plain(page(message, "plain")).count("AVANT :") == 9
    assert plain(page(message, "plain")).count("[Séance annulée]") == 3
    assert len(appointments(message)) == 12
