"""The address of every page of a running Parvis with the demo, found as people find it: by links.

A page that shows something is looked for from the list that leads there, so that these addresses
hold in both ways of running and whatever the demo is dated from.
"""

import re
from uuid import NAMESPACE_URL, uuid5

from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Installation
from tests.system.letters import letter_pages
from tests.system.staff import ID, Staff
from tests.system.test_the_whole_way import manage_path
from tests.system.waiting import waiting_pages
from tests.system.webhook_pages import webhook_pages

EDITION = "fete-de-la-science-isere"
CONSOLE = f"/console/editions/{EDITION}"

#: What the page is called of a link that signs in.
SIGN_IN = "sign in by link"

#: A project of the demo that has the label.
PROJECT = uuid5(NAMESPACE_URL, "parvis:demo:proposal:nuit-des-chauves-souris")

#: A spreadsheet with a cell that is wrong.
_SHEET = "Titre;Lieu;Date;Début;Fin\nÉtoiles;Muséum;2026-13-45;10:00;11:00\n".encode()


def all_pages(installation: Installation, staff: Staff) -> dict[str, str]:
    """Return the address of each page by what it is; what a page needs to be there is made."""
    return (
        _programme(installation, staff)
        | _registering(installation, staff)
        | waiting_pages(installation)
        | letter_pages(installation, staff)
        | _around(installation)
        | _edition(installation, staff)
        | _partners(staff)
        | _touring(staff)
        | _office(staff)
    )


def _programme(installation: Installation, staff: Staff) -> dict[str, str]:
    session = installation.bookable_session()
    sessions = installation.sessions()
    by_way = {found["registration"]: found["id"] for found in sessions}
    exhibition = next(found["id"] for found in sessions if found["kind"] == "exhibition")
    space = next(found["space"] for found in sessions if found["space"])
    cancelled = next(found["id"] for found in sessions if found["status"] == "cancelled")
    credited = staff.link("/console/presenters", f"/console/presenters/{ID}")
    return {
        "programme": "/",
        "search": "/?q=glacier",
        "nothing found": "/?q=zzzz",
        "understood": "/?q=glacie&near=Grenoble&age=6",
        "one criterion too many": "/?q=volcan&age=3&commune=38185&free=1",
        "week-end": "/?when=weekend&age=6",
        "by distance": "/?near=Voiron&within=20&sort=distance",
        "session here": f"/sessions/{session['id']}",
        "session elsewhere": f"/sessions/{by_way['elsewhere']}",
        "session free": f"/sessions/{by_way['none']}",
        "exhibition": f"/sessions/{exhibition}",
        "cancelled": f"/sessions/{cancelled}",
        "map": "/map?audience=families",
        "print": "/print?commune=38185&by=day",
        "at a glance": f"/editions/{EDITION}",
        "commune": "/communes/38185",
        "venue": f"/venues/{session['venue']['id']}",
        "space": f"/spaces/{space['id']}",
        "organisation": f"/organisations/{session['organisation']['id']}",
        "presenter": f"/presenters/{credited[-36:]}",
        "theme": "/themes/eau-et-energie",
        "activity": f"/activities/{session['activity_id']}",
        "embedding": "/embed?commune=38185&colour=c03050",
        "embedded": "/embed/fr?commune=38185&colour=ffdd00",
    }


def _registering(installation: Installation, staff: Staff) -> dict[str, str]:
    session = installation.bookable_session()
    registered = installation.register(session["id"], "axe@example.org", adults=2, children=1)
    person = f"/console/registration/registrations/{registered.json()['id']}"
    (mail,) = installation.wait_for_mails("axe@example.org")
    manage = manage_path(mail)
    bookings = installation.get(f"/api/v1{manage}").json()["bookings"]
    other = installation.bookable_session()["id"]
    for chosen in (session["id"], other):
        assert staff.submit(f"/selection/sessions/{chosen}").status_code == 303
    return {
        "selection": "/selection",
        "choosing a session": f"/selection/sessions/{other}",
        "form of a selection": "/register",
        "form": f"/register/{session['id']}",
        "lost link": "/registrations/lost",
        "registration": manage,
        "ticket on paper": f"{manage}/ticket",
        "cancel": f"{manage}/cancel",
        "my data": f"{manage}/my-data",
        "erasing oneself": f"{manage}/erase",
        "erased": "/registrations/erased",
        "cancel one booking": f"{manage}/bookings/{bookings[0]['id']}/cancel",
        "registrations": "/console/registration",
        "registrations of a session": f"/console/registration/sessions/{session['id']}",
        "rules of a session": f"/console/registration/sessions/{session['id']}/rules",
        "desk": f"/console/registration/sessions/{session['id']}/desk",
        "list for the door": f"/console/registration/sessions/{session['id']}/door",
        "registration of somebody": person,
        "ticket from the desk": f"{person}/slip",
        "cancelling for somebody": f"{person}/bookings/{bookings[0]['id']}/cancel",
        "occupancy": "/console/registration/occupancy",
        "calls": "/console/registration/calls",
        "names looked at": "/console/names-log",
        "mails": "/console/mails",
        "one mail": staff.link("/console/mails", f"/console/mails/{ID}"),
    }


def sign_in_link(installation: Installation) -> str:
    """Return the address of a new link that signs in, good for a quarter of an hour."""
    made = installation.command("sign-in", "lecture@parvis.example", "--role", "reader")
    assert made.returncode == 0, made.stderr
    return f"/console/sign-in/{made.stdout.strip().rpartition('/')[2]}"


def _around(installation: Installation) -> dict[str, str]:
    return {
        "not found": "/nowhere",
        "accessibility": "/accessibilite",
        "legal": "/mentions-legales",
        "personal data": "/donnees-personnelles",
        "sign in": "/console/sign-in",
        "sign in by code": "/console/sign-in/code",
        SIGN_IN: sign_in_link(installation),
        "sign in by a link that is over": "/console/sign-in/over",
        "legal texts": "/console/texts",
        "legal text": "/console/texts/legal_notice",
    }


def _edition(installation: Installation, staff: Staff) -> dict[str, str]:
    session = installation.bookable_session()["id"]
    activity = staff.link(f"{CONSOLE}/activities", f"{CONSOLE}/activities/{ID}")
    return {
        "editions": "/console/editions",
        "new edition": "/console/editions/new",
        "edition": CONSOLE,
        "next edition": f"{CONSOLE}/next",
        "new festival": "/console/festivals/new",
        "festival": staff.link("/console/editions", f"/console/festivals/{ID}"),
        "sessions": f"{CONSOLE}/sessions",
        "sessions narrowed": f"{CONSOLE}/sessions?state=empty&sort=-when&q=eau",
        "planner": f"{CONSOLE}/planner",
        "planner as a table": f"{CONSOLE}/planner/table",
        "conflicts": f"{CONSOLE}/conflicts",
        "new session": f"{CONSOLE}/sessions/new",
        "several sessions": f"{CONSOLE}/sessions/series",
        "one session": f"{CONSOLE}/sessions/{session}",
        "cancelling a session": f"{CONSOLE}/sessions/{session}/cancel",
        "activities": f"{CONSOLE}/activities",
        "new activity": f"{CONSOLE}/activities/new",
        "one activity": activity,
        "projects": f"{CONSOLE}/proposals",
        "new project": f"{CONSOLE}/proposals/new",
        "one project": f"{CONSOLE}/proposals/{PROJECT}",
        "a project as the public would see it": f"{CONSOLE}/proposals/{PROJECT}/preview",
        "a project to copy": f"{CONSOLE}/proposals/{PROJECT}/copy",
        "what is asked of projects": f"{CONSOLE}/rules",
        "changes": f"{CONSOLE}/changes",
        "releases": f"{CONSOLE}/releases",
        "one release": f"{CONSOLE}/releases/1",
        "releases compared": f"{CONSOLE}/releases/compare?from=0&to=1",
        "exports": f"{CONSOLE}/exports",
    }


def _partners(staff: Staff) -> dict[str, str]:
    def two(noun: str) -> list[str]:
        first = staff.link(f"/console/{noun}", f"/console/{noun}/{ID}")
        second = staff.link(f"/console/{noun}", f"(?!{first})/console/{noun}/{ID}")
        return [first, second]

    venues, organisations, presenters = map(two, ("venues", "organisations", "presenters"))
    pages = {
        f"merging {noun}": "/".join(["/console/duplicates", noun, *(one[-36:] for one in pair)])
        for noun, pair in (
            ("venues", venues),
            ("organisations", organisations),
            ("presenters", presenters),
        )
    }
    space = _space(staff)
    venue = space.partition("/spaces/")[0]
    day = staff.get(f"{venue}/day").headers["Location"]
    feeds = f"/console/feeds/venues/{venue[-36:]}"
    assert staff.submit(feeds, name="Le gardien").ok
    return pages | {
        "venues": "/console/venues",
        "new venue": "/console/venues/new",
        "one venue": venue,
        "one space": space,
        "new space": f"{venue}/spaces/new",
        "day sheet": day,
        "day without sessions": f"{venue}/day/2030-01-01",
        "private feeds": feeds,
        "revoking a private feed": staff.link(feeds, f"{feeds}/{ID}/revoke"),
        "communes": "/console/communes",
        "one commune": staff.link("/console/communes", f"/console/communes/{ID}"),
        "organisations": "/console/organisations",
        "new organisation": "/console/organisations/new",
        "one organisation": organisations[0],
        "members": f"{organisations[0]}/members",
        "presenters": "/console/presenters",
        "new presenter": "/console/presenters/new",
        "one presenter": presenters[0],
        "absences": f"/console/absences/presenters/{presenters[0][-36:]}",
        "duplicates": "/console/duplicates",
    }


def _space(staff: Staff) -> str:
    """Return a space of the first venue that is listed and has one."""
    listed = re.findall(rf'href="(/console/venues/{ID})"', staff.get("/console/venues").text)
    for venue in listed:
        found = re.findall(rf'href="({venue}/spaces/{ID})"', staff.get(venue).text)
        if found:
            return str(found[0])
    raise AssertionError("no venue of the demo has a space")


def _touring(staff: Staff) -> dict[str, str]:
    tour = staff.link("/console/tours", f"/console/tours/{ID}")
    stop = staff.link(tour, f"{tour}/stops/{ID}")
    return {
        "resources": "/console/resources",
        "new resource": "/console/resources/new?kind=exhibition",
        "one resource": staff.link("/console/resources", f"/console/resources/{ID}"),
        "tours": "/console/tours",
        "new tour": "/console/tours/new",
        "one tour": tour,
        "changing a tour": f"{tour}/edit",
        "new stop": f"{tour}/stops/new",
        "one stop": stop,
        "changing a stop": f"{stop}/edit",
        "loan agreement": f"{stop}/agreement",
    }


def _office(staff: Staff) -> dict[str, str]:
    account = staff.link("/console/accounts", f"/console/accounts/{ID}")
    made = staff.submit("/console/tokens", name="Essai", scopes=["programme:read"], lifetime="30")
    assert made.ok, made.text
    assert staff.submit("/console/mails/suppressed", address="nobody@example.org").ok
    return {
        "console": "/console",
        "accounts": "/console/accounts",
        "inviting somebody": "/console/accounts/new",
        "one account": account,
        "disabling an account": f"{account}/disable",
        "tokens": "/console/tokens",
        "revoking a token": staff.link("/console/tokens", f"/console/tokens/{ID}/revoke"),
        "history": "/console/history",
        "requests for personal data": "/console/registration/personal-data",
        "mails to an address": "/console/mails/personal-data",
        "mails by domain": "/console/mails/domains",
        "suppressed addresses": "/console/mails/suppressed",
        "lifting a suppression": staff.link(
            "/console/mails/suppressed", f"/console/mails/suppressed/{ID}"
        ),
        "record of processing": "/console/registration/processing-record",
        **webhook_pages(staff),
        "imports": "/console/imports",
        "one import": _import(staff),
        "scheduling messages": "/console/scheduling/messages",
        "registration messages": "/console/registration/messages",
        "notifications messages": "/console/notifications/messages",
    }


def _import(staff: Staff) -> str:
    """Hand a spreadsheet in, and return the page of its plan."""
    sent = staff.submit("/console/imports", files={"file": ("mars.csv", _SHEET)}, edition=EDITION)
    assert sent.status_code == 303, sent.text
    page = sent.headers["Location"]

    def is_read() -> bool:
        return 'data-live="' not in staff.get(page).text

    assert wait_until(is_read, PATIENCE), staff.get(page).text
    return page
