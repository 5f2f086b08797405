"""Every page that there is, on a phone and on a dark desk, in French and in English: accessible as
axe sees it, and never scrolling sideways.
"""

import re
from importlib import import_module

import pytest
import requests
from werkzeug.exceptions import NotFound

from deploy.routes import SERVICES, service_for
from shared.testing.accessibility import faults_of
from shared.testing.contexts import make_context
from shared.testing.looks import DARK_DESK, PHONE, name_of
from tests.system.installation import PATIENCE
from tests.system.pages import SIGN_IN, all_pages, sign_in_link
from tests.system.staff import Staff

#: What answers to GET and is no page that somebody opens, by the end of its rule, and why.
NO_PAGES = {
    r".*\.(css|eml|ics|json|pdf|rss|txt|webp|xml)": "is a file",
    r".*/corrections\.xlsx": "is a file",
    r".*/exports/<name>": "is a file",
    r".*/template\.<kind>": "is a file",
    r".*/attachments/<int:number>": "is a file",
    r"/static/<path:name>": "is a file",
    r"/(healthz|readyz)": "tells machines how a process is",
    r"/oembed": "tells machines what to embed",
    r".*/state": "is a part of an open page, kept up to date",
    r"/register/<uuid:session_id>/opening": "tells an open page how long still to wait",
    r".*/planner/(board|conflicts|places)": "is a part of an open page, kept up to date",
    r"/console/venues/<uuid:venue_id>/spaces": "is a part of an open page: the choices of a list",
    r"/console/mails/<uuid:mail_id>/html": "is a mail, shown inside of its page",
    r"/console/newsletter/<uuid:campaign_id>/preview/html": "is a letter, shown inside its page",
    r"/console/(activities|changes|exports|festivals|proposals|rules|sessions)": "leads on",
    r"/console/venues/<uuid:venue_id>/day": "leads on, to the next day with sessions",
    r"/console/sign-in/renew": "leads on, once the sign-in is renewed",
}

#: The pages that do not answer 200, as they should.
STATUS = {"not found": 404, "sign in by a link that is over": 410}


@pytest.fixture(scope="package")
def embedded_pages(embedded):
    """Return somebody of the staff, and the pages that they can open."""
    staff = Staff(embedded, "Claire Essai", "--sees-names")
    return staff, all_pages(embedded, staff)


def rules_of(service, url):
    """Return the routing of a service: every rule that answers GET, by its endpoint."""
    app = import_module(f"services.{service}.web").create_app(make_context(service, url))
    rules = {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    return app.url_map.bind("127.0.0.1"), rules


@pytest.mark.parametrize("service", SERVICES)
def test_every_page_is_in_the_list_or_is_no_page_for_a_reason(service, embedded_pages, sqlite_url):
    _, pages = embedded_pages
    routing, rules = rules_of(service, sqlite_url)
    seen = set()
    for name, path in pages.items():
        alone = path.partition("?")[0]
        if service_for(alone) == service:
            try:
                seen.add(routing.match(alone)[0])
            except NotFound:
                assert name == "not found"
    unseen = {rule for endpoint, rule in rules.items() if endpoint not in seen}

    assert {rule for rule in unseen if not is_no_page(rule)} == set()
    assert {rules[endpoint] for endpoint in seen if is_no_page(rules[endpoint])} == set()


def is_no_page(rule):
    return any(re.fullmatch(pattern, rule) for pattern in NO_PAGES)


def faults_in(installation, browser, staff, pages, look):
    """Open each page, those before signing in as a stranger; return what is wrong, by its name.

    The link that signs in is a new one, opened before it is over.
    """
    others = {name: path for name, path in pages.items() if name != SIGN_IN}
    pages = {SIGN_IN: sign_in_link(installation), **others}
    signed_in = browser.new_context(**look)
    signed_in.add_cookies(staff.cookies())
    stranger = browser.new_context(**look)
    opened = {False: signed_in.new_page(), True: stranger.new_page()}
    found = {}
    for name, path in pages.items():
        page = opened[path.startswith("/console/sign-in")]
        answer = page.goto(installation.url(path))
        faults = faults_of(page)
        if answer.status != STATUS.get(name, 200):
            faults.append(f"answers {answer.status}")
        if faults:
            found[name] = faults
    signed_in.close()
    stranger.close()
    return found


@pytest.mark.parametrize("look", [PHONE, DARK_DESK], ids=name_of)
def test_no_page_has_a_fault_that_axe_finds_and_none_scrolls_sideways(
    embedded, embedded_pages, browser, look
):
    staff, pages = embedded_pages

    assert faults_in(embedded, browser, staff, pages, look) == {}


def test_served_by_three_processes_every_page_is_there(distributed):
    staff = Staff(distributed, "Claire Essai", "--sees-names")
    answers = {}
    for name, path in all_pages(distributed, staff).items():
        asking = requests if path.startswith("/console/sign-in") else staff.http
        answer = asking.get(distributed.url(path), timeout=PATIENCE)
        headings = len(re.findall("<h1[ >]", answer.text))
        if (answer.status_code, headings) != (STATUS.get(name, 200), 1):
            answers[name] = (answer.status_code, headings)
    assert answers == {}
