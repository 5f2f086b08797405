"""Letters that the coordination writes: checked, previewed, tried, planned, sent, archived."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.notifications.domain.newsletter import campaigns
from services.notifications.domain.newsletter.campaigns import Changed, Faulty, NotADraft
from services.notifications.models import Campaign
from services.notifications.pages.console_newsletter_preview import TRIALS
from tests.services.notifications.events import mails
from tests.services.notifications.mail_reading import page, plain, read
from tests.services.notifications.newsletter.subscribing import (
    CAMILLE,
    begin,
    csrf,
    publish,
    serve,
    titles,
)
from tests.services.notifications.test_console_pages import signed_in

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 9, 21, 10, tzinfo=PARIS)
TUESDAY = datetime(2026, 9, 22, 14, 30, tzinfo=PARIS)

PAGE = "/console/newsletter"

LETTER = {
    "subject_fr": "La rentrée des sciences",
    "body_fr": "Bonjour,\n\nvoici **quatre** rendez-vous.\n\n- [Le musée](/venues/1)",
    "subject_en": "",
    "body_en": "",
    "frequencies": ["weekly", "monthly"],
}


@pytest.fixture
def context(context):
    context.clock.set(MONDAY)
    return context


class Staff:
    """Somebody of the coordination, who signs in again whenever the clock has moved on."""

    def __init__(self, app):
        self.app = app

    def get(self, path):
        self.client = signed_in(self.app, "coordinator")
        return self.client.get(path)

    def post(self, path, data):
        return self.client.post(path, data=data)


@pytest.fixture
def staff(app):
    return Staff(app)


def post(staff, path, form, opened=None):
    return staff.post(path, data={"csrf_token": csrf(staff.get(opened or path)), **form})


def written(context):
    with context.database.read() as db:
        return list(db.scalars(sa.select(Campaign).order_by(Campaign.id)))


def write(context, staff, **changes):
    """Write a letter in the console; return its address."""
    response = post(staff, f"{PAGE}/new", LETTER | {"revision": "0"} | changes)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def plan(staff, address, day="2026-09-22", hour="14:30"):
    return post(staff, f"{address}/plan", {"day": day, "hour": hour}, opened=address)


@pytest.mark.parametrize("roles", [(), ("organiser",), ("venue",), ("door",), ("reader",)])
def test_the_coordination_alone_writes_letters(app, context, roles):
    staff = signed_in(app, *roles)

    assert [staff.get(path).status_code for path in (PAGE, f"{PAGE}/new")] == [403, 403]
    assert app.test_client().get(PAGE).status_code == 303


def test_a_letter_goes_once_to_those_it_is_for_with_what_is_new_to_each(context, app, staff):
    publish(context, "before")
    begin(context, app)
    begin(context, app, email="voiron@example.org", communes=["38563"], frequency="monthly")
    begin(context, app, email="left@example.org")
    address = write(context, staff)
    assert "Ira à 3 personnes" in plain(staff.get(address).text)
    context.clock.advance(hours=1)
    publish(context, "volcan", commune=("38185", "Grenoble"))
    assert plan(staff, address).status_code == 303
    assert "Ira à 3 personnes" in plain(staff.get(address).text)
    left = next(mail for mail in mails(context) if mail.recipient == "left@example.org")
    app.test_client().post(f"/newsletter/unsubscribe/{left.content['link']}")

    context.clock.set(TUESDAY - timedelta(seconds=1))
    assert serve(context) == []
    context.clock.set(TUESDAY)
    letters = serve(context)

    assert {mail.recipient: titles(mail, "new") for mail in letters} == {
        CAMILLE: ["Volcan"],
        "voiron@example.org": [],
    }
    assert {mail.subject for mail in letters} == {"La rentrée des sciences"}
    assert serve(context) == []
    [campaign] = written(context)
    assert (campaign.status, campaign.sent_at) == ("sent", TUESDAY)
    assert "Partie pour 2 personnes" in plain(staff.get(address).text)
    context.clock.set(MONDAY + timedelta(days=3))
    assert serve(context) == []  # Thursday's letter has nothing that this one did not tell


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(context, staff):
    typed = LETTER | {"subject_fr": " ", "body_en": "Hello", "revision": "0"}
    del typed["frequencies"]

    response = post(staff, f"{PAGE}/new", typed)

    assert response.status_code == 422
    found = set(re.findall(r'id="(\w+)-error"', response.text))
    assert found == {"subject_fr", "subject_en", "frequencies"}
    assert "voici **quatre** rendez-vous." in response.text
    assert written(context) == []


@pytest.mark.parametrize(
    ("day", "hour", "field"),
    [
        ("2026-09-21", "09:00", "hour"),
        ("2026-09-22", "07:59", "hour"),
        ("2026-09-22", "20:00", "hour"),
        ("", "09:00", "day"),
        ("2026-09-22", "midi", "hour"),
    ],
)
def test_a_letter_is_planned_for_a_decent_hour_to_come(context, staff, day, hour, field):
    address = write(context, staff)

    response = plan(staff, address, day, hour)

    assert (response.status_code, f'id="{field}-error"' in response.text) == (422, True)
    assert [one.status for one in written(context)] == ["draft"]


def test_a_planned_letter_is_called_back_and_a_sent_one_is_not(context, app, staff):
    begin(context, app)
    address = write(context, staff)
    plan(staff, address)
    assert post(staff, f"{address}/call-back", {}, opened=address).status_code == 303
    context.clock.set(TUESDAY)
    assert (serve(context), [one.status for one in written(context)]) == ([], ["draft"])

    plan(staff, address, "2026-09-23", "10:00")
    context.clock.set(TUESDAY + timedelta(days=1))
    assert len(serve(context)) == 1
    [campaign] = written(context)
    with context.database.write() as db:
        with pytest.raises(NotADraft):
            campaigns.call_back(db, campaign.id)
        with pytest.raises(NotADraft):
            campaigns.delete_draft(db, campaign.id)


def test_two_who_write_at_once_do_not_overwrite_each_other(context, staff):
    address = write(context, staff)
    first = LETTER | {"revision": "1", "subject_fr": "Premier"}
    second = LETTER | {"revision": "1", "subject_fr": "Second"}

    assert post(staff, address, first).status_code == 303
    refused = post(staff, address, second)

    assert (refused.status_code, 'value="Second"' in refused.text) == (409, True)
    assert [one.texts["subject_fr"] for one in written(context)] == ["Premier"]
    assert post(staff, address, second | {"revision": "2"}).status_code == 303
    [campaign] = written(context)
    with context.database.write() as db, pytest.raises(Changed):
        campaigns.write(
            db, campaign.id, LETTER, ["weekly"], revision=1, by="Nour", now=context.clock()
        )


def test_a_preview_shows_the_letter_as_a_profile_gets_it(context, staff):
    publish(context, "glacier")
    publish(context, "volcan", commune=("38185", "Grenoble"))
    address = write(context, staff)
    context.clock.advance(hours=1)

    page_ = staff.get(f"{address}/preview?communes=38185&letter=en").text
    [source] = re.findall(r'<iframe class="mail-page" src="([^"]+)"', page_)
    frame = staff.get(source.replace("&amp;", "&"))

    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert ("Volcan" in frame.text, "Glacier" in frame.text) == (True, False)
    assert "New in the programme" in frame.text
    assert 'href="http://127.0.0.1:8000/venues/1"' in frame.text
    assert mails(context) == []


def test_a_trial_goes_to_its_writer_alone_and_so_often(context, app, staff):
    begin(context, app)
    publish(context)
    address = f"{write(context, staff)}/preview"
    refused = post(staff, address, {"address": "nour"})
    assert (refused.status_code, 'id="address-error"' in refused.text) == (422, True)

    token = csrf(staff.get(address))
    for _ in range(TRIALS[0]):
        form = {"csrf_token": token, "address": "nour@parvis.example"}
        assert staff.post(address, data=form).status_code == 303
    late = staff.post(address, data={"csrf_token": token, "address": "nour@parvis.example"})

    assert late.status_code == 429
    tried = [mail for mail in mails(context) if mail.template == "newsletter_test"]
    assert {mail.recipient for mail in tried} == {"nour@parvis.example"}
    message = read(tried[0])
    assert plain(message["Subject"]) == "Essai : La rentrée des sciences"
    assert (message["List-Id"], message["List-Unsubscribe"]) == ("<newsletter.fds.example>", None)


def test_what_was_sent_is_read_online_and_what_was_not_is_nobodys(context, app, staff):
    address = write(context, staff)
    number = address.rpartition("/")[2]
    visitor = app.test_client()
    assert visitor.get(f"/newsletter/archive/{number}").status_code == 404
    assert "Aucune lettre n’a encore été envoyée." in visitor.get("/newsletter/archive").text
    plan(staff, address)
    assert visitor.get(f"/newsletter/archive/{number}").status_code == 404
    begin(context, app)
    context.clock.set(TUESDAY)
    [letter] = serve(context)

    assert f'href="/newsletter/archive/{number}"' in visitor.get("/newsletter/archive").text
    online = visitor.get(f"/newsletter/archive/{number}")
    assert "<strong>quatre</strong>" in online.text
    assert f"https://fds.example/newsletter/archive/{number}" in page(read(letter), "plain")


def test_a_draft_is_deleted(context, staff):
    address = write(context, staff)

    assert post(staff, f"{address}/delete", {}, opened=address).status_code == 303
    assert written(context) == []
    assert staff.get(address).status_code == 404


def test_a_text_may_be_so_long():
    texts = dict.fromkeys(("subject_fr", "body_fr", "subject_en", "body_en"), "x" * 20_001)

    assert set(campaigns.check_texts(texts, ["weekly"])) == set(texts)
    assert campaigns.check_texts(texts | {"subject_fr": ""}, ["hourly"]).keys() >= {"frequencies"}
    assert Faulty({}).faults == {}
