"""The pages as people have them before their eyes: found accessible by axe, used by keyboard."""

import re
from uuid import NAMESPACE_URL, uuid5

import pytest

from shared.testing.accessibility import faults_of
from tests.system.test_the_whole_way import manage_path

#: What these tests start is started once, by one process of the test run.
pytestmark = pytest.mark.xdist_group("running")

#: Phone and desk, light and dark, French and English: each page in each way at least once.
LOOKS = [
    {"width": 360, "height": 740, "scheme": "light", "locale": "fr"},
    {"width": 1280, "height": 900, "scheme": "dark", "locale": "fr"},
    {"width": 360, "height": 740, "scheme": "dark", "locale": "en"},
    {"width": 1280, "height": 900, "scheme": "light", "locale": "en"},
]

#: A project of the demo that has the label.
PROJECT = uuid5(NAMESPACE_URL, "parvis:demo:proposal:nuit-des-chauves-souris")


def name_of(look):
    return f"{look['width']}-{look['scheme']}-{look['locale']}"


@pytest.fixture(scope="module")
def addresses(embedded):
    """Return the path of every kind of page, of the public and of the staff."""
    session = embedded.bookable_session()
    embedded.register(session["id"], "axe@example.org", adults=2, children=1)
    (mail,) = embedded.wait_for_mails("axe@example.org")
    sessions = embedded.sessions()
    by_way = {found["registration"]: found["id"] for found in sessions}
    exhibition = next(found["id"] for found in sessions if found["kind"] == "exhibition")
    cancelled = next(found["id"] for found in sessions if found["status"] == "cancelled")
    manage = manage_path(mail)
    public = {
        "programme": "/",
        "search": "/?q=glacier",
        "nothing found": "/?q=zzzz",
        "session here": f"/sessions/{session['id']}",
        "session elsewhere": f"/sessions/{by_way['elsewhere']}",
        "session free": f"/sessions/{by_way['none']}",
        "exhibition": f"/sessions/{exhibition}",
        "cancelled": f"/sessions/{cancelled}",
        "understood": "/?q=glacie&near=Grenoble&age=6",
        "by distance": "/?near=Voiron&within=20&sort=distance",
        "map": "/map?audience=families",
        "print": "/print?commune=38185&by=day",
        "at a glance": "/editions/fete-de-la-science-isere",
        "commune": "/communes/38185",
        "venue": f"/venues/{session['venue']['id']}",
        "organisation": f"/organisations/{session['organisation']['id']}",
        "theme": "/themes/eau-et-energie",
        "activity": f"/activities/{session['activity_id']}",
        "embedding": "/embed?commune=38185&colour=c03050",
        "embedded": "/embed/fr?commune=38185&colour=ffdd00",
        "form": f"/register/{session['id']}",
        "registration": manage,
        "cancel": f"{manage}/cancel",
        "not found": "/nowhere",
        "accessibility": "/accessibilite",
        "legal": "/mentions-legales",
        "personal data": "/donnees-personnelles",
        "sign in": "/console/sign-in",
    }
    edition = "/console/editions/fete-de-la-science-isere"
    staff = {
        "console": "/console",
        "mails": "/console/mails",
        "sessions": f"{edition}/sessions",
        "sessions narrowed": f"{edition}/sessions?state=empty&sort=-when&q=eau",
        "planner": f"{edition}/planner",
        "planner as a table": f"{edition}/planner/table",
        "conflicts": f"{edition}/conflicts",
        "new session": f"{edition}/sessions/new",
        "one session": f"{edition}/sessions/{session['id']}",
        "cancelling a session": f"{edition}/sessions/{session['id']}/cancel",
        "activities": f"{edition}/activities",
        "new activity": f"{edition}/activities/new",
        "projects": f"{edition}/proposals",
        "new project": f"{edition}/proposals/new",
        "one project": f"{edition}/proposals/{PROJECT}",
        "a project as the public would see it": f"{edition}/proposals/{PROJECT}/preview",
        "a project to copy": f"{edition}/proposals/{PROJECT}/copy",
        "what is asked of projects": f"{edition}/rules",
        "venues": "/console/venues",
        "new venue": "/console/venues/new",
        "organisations": "/console/organisations",
        "new organisation": "/console/organisations/new",
        "editions": "/console/editions",
        "new edition": "/console/editions/new",
        "changes": f"{edition}/changes",
        "releases": f"{edition}/releases",
        "one release": f"{edition}/releases/1",
        "imports": "/console/imports",
        "exports": f"{edition}/exports",
        "accounts": "/console/accounts",
        "inviting somebody": "/console/accounts/new",
        "history": "/console/history",
        "registrations": "/console/registration",
        "registrations of a session": f"/console/registration/sessions/{session['id']}",
        "names looked at": "/console/names-log",
        "resources": "/console/resources",
        "new resource": "/console/resources/new?kind=exhibition",
        "tours": "/console/tours",
        "new tour": "/console/tours/new",
        "day sheet": f"/console/venues/{session['venue']['id']}/day/{session['starts_at'][:10]}",
        "day without sessions": f"/console/venues/{session['venue']['id']}/day/2030-01-01",
        "private feeds": f"/console/feeds/venues/{session['venue']['id']}",
        "tokens": "/console/tokens",
        "legal texts": "/console/texts",
        "legal text": "/console/texts/legal_notice",
        "scheduling messages": "/console/scheduling/messages",
        "registration messages": "/console/registration/messages",
        "notifications messages": "/console/notifications/messages",
    }
    return public | staff


@pytest.fixture(scope="module")
def staff_cookies(embedded, browser):
    """Sign in once with the link that was printed, and return the browser's cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(embedded.sign_in_link())
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/console")
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture(params=LOOKS, ids=name_of)
def look(request, browser, staff_cookies):
    context = browser.new_context(
        viewport={"width": request.param["width"], "height": request.param["height"]},
        color_scheme=request.param["scheme"],
        locale=request.param["locale"],
        bypass_csp=True,  # axe is put into the page
    )
    context.add_cookies(staff_cookies)
    yield context
    context.close()


def test_no_page_has_a_fault_that_axe_finds_and_none_scrolls_sideways(embedded, addresses, look):
    page = look.new_page()
    faults = {}
    for name, path in addresses.items():
        page.goto(embedded.url(path))
        faults[name] = faults_of(page)

    assert {name: found for name, found in faults.items() if found} == {}


def test_somebody_registers_by_keyboard_alone_and_without_javascript(embedded, browser):
    session = embedded.bookable_session()
    context = browser.new_context(locale="fr", java_script_enabled=False)
    page = context.new_page()
    page.goto(embedded.url(f"/register/{session['id']}"))
    page.get_by_label(re.compile("Adresse électronique")).focus()
    page.keyboard.type("clavier@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Dominique Clavier")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registrations/**")

    assert "clavier@example.org" in page.get_by_role("main").inner_text()
    assert page.get_by_role("img", name=re.compile("QR")).count() == 1
    embedded.wait_for_mails("clavier@example.org")
    context.close()


def test_a_tour_is_read_and_a_stop_answered_by_keyboard(embedded, browser, staff_cookies):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="fr", bypass_csp=True
    )
    context.add_cookies(staff_cookies)
    page = context.new_page()

    def follow(name):
        page.get_by_role("main").get_by_role("link", name=name).first.focus()
        page.keyboard.press("Enter")

    page.goto(embedded.url("/console/tours"))
    follow(re.compile("^Isère, "))
    page.wait_for_url(re.compile(r"/console/tours/[0-9a-f-]+$"))
    stops = page.get_by_role("list").filter(has=page.locator(".stop"))
    assert stops.get_by_role("heading", level=3).count() == 6
    assert faults_of(page) == []
    follow("Ferme des Trois-Semis")
    page.wait_for_url("**/stops/*")
    assert faults_of(page) == []
    page.get_by_role("button", name="Confirmer l’étape").focus()
    page.keyboard.press("Enter")
    page.get_by_text("L’étape est confirmée.").wait_for()
    assert faults_of(page) == []
    follow("Convention de prêt")
    page.wait_for_url("**/agreement")
    assert faults_of(page) == []
    printed = page.request.get(f"{page.url}.pdf")
    assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")
    context.close()
