"""The queue in a browser: it says the turn, has no fault that axe finds, and opens by itself."""

import pytest

from services.registration.domain.turns import BURST
from services.registration.web import create_app
from shared.testing.accessibility import faults_of
from shared.testing.browser import PATIENCE
from shared.testing.contexts import make_context
from shared.testing.serving import served
from tests.services.registration.factories import publish

RATE = 2.0


@pytest.fixture
def context(sqlite_url):
    made = make_context("registration", sqlite_url, admissions_per_second=RATE)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("java_script", [True, False])
def test_whoever_waits_is_told_his_turn_and_comes_in_by_himself(browser, context, java_script):
    path = f"/register/{publish(context)}"
    app = create_app(context)
    for _ in range(int(RATE * BURST) + 1):
        assert 'class="queue ' not in app.test_client().get(path).text
    visitor = browser.new_context(
        locale="fr-FR", java_script_enabled=java_script, viewport={"width": 360, "height": 780}
    )
    visitor.set_default_timeout(PATIENCE)
    with served(app) as root:
        page = visitor.new_page()
        page.goto(root + path, wait_until="commit")  # it may come back before all of it is loaded
        assert page.locator("h1").inner_text() == "Vous êtes dans la file"
        # By itself: the clock stands still, so it is no turn yet.
        with page.expect_navigation(wait_until="commit"):
            pass
        assert page.locator("h1").inner_text() == "Vous êtes dans la file"
        context.clock.advance(seconds=1 / RATE)
        page.wait_for_selector("form.register-form")
        assert page.url == root + path
    visitor.close()


def test_a_long_wait_has_no_fault_that_axe_finds_at_any_width(page, context):
    path = f"/register/{publish(context)}"
    app = create_app(context)
    for _ in range(400):
        app.test_client().get(path)
    with served(app) as root:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 780})
            page.goto(root + path)
            assert page.title() == "Votre tour vient dans environ 4 minutes · Parvis"
            assert page.locator(".queue [role=status]").text_content() == "dans environ 4 minutes"
            assert faults_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") == width
