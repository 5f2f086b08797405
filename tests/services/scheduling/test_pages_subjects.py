"""The pages of communes, venues, themes, organisations, presenters, activities and editions."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.scheduling.domain.releasing import release
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Commune,
    MergedRow,
    Presenter,
    Session,
    Venue,
)
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.stored_programme import OPENING, edit, released_programme

_LISTED = re.compile(r'<h[34]><a href="/sessions/([0-9a-f-]{36})">')
_DATES = re.compile(r'<li>\s*<a href="/sessions/([0-9a-f-]{36})">')


def _stored(context: ServiceContext) -> dict[str, Any]:
    """Store one session in Grenoble and one in Vif, of two activities, and release them."""
    with released_programme(context) as programme:
        vif = Commune(insee_code="38545", name="Vif", latitude=45.05, longitude=5.67)
        elsewhere = programme.add_venue("Le Belvédère", commune=vif)
        water = programme.add_activity(
            "L’eau de là",
            theme="Eau et énergie",
            description_fr="Un **torrent**.\n\n- froid\n- <b>vif</b>",
            description_en=None,
            accessibility=["mi"],
            languages=["fr", "en"],
            school_levels=["cycle3"],
            price_note_fr="Gratuit, *prix libre*",
            conditions_fr="Prévoir des bottes",
            age_min=8,
        )
        here = programme.add_session()
        there = programme.add_session(
            water,
            venue_id=elsewhere.id,
            space_id=None,
            starts_at=OPENING + timedelta(days=1),
            registration="here",
            capacity=20,
            seats_left=4,
        )
        ada = Presenter(id=new_id(), name="Ada Martin", edited_at=NOW)
        programme._add(ada)
        programme._add(ActivityPresenter(activity_id=here.activity_id, presenter_id=ada.id))
    return {
        "programme": programme,
        "here": here,
        "there": there,
        "venue": elsewhere,
        "water": water,
        "ada": ada,
    }


def _paths(stored: dict[str, Any]) -> dict[str, tuple[str, Session]]:
    programme, venue = stored["programme"], stored["venue"]
    here, there = stored["here"], stored["there"]
    return {
        "commune": ("/communes/vif-38545", there),
        "venue": (f"/venues/le-belvedere-{venue.id}", there),
        "theme": ("/themes/eau-et-energie", there),
        "organisation": (
            f"/organisations/museum-de-grenoble-{programme.organisation.id}",
            here,
        ),
        "presenter": (f"/presenters/ada-martin-{stored['ada'].id}", here),
    }


@pytest.mark.parametrize("noun", ["commune", "venue", "theme", "organisation", "presenter"])
def test_a_subject_has_a_page_with_its_sessions_its_calendar_and_one_address(
    client: FlaskClient, context: ServiceContext, noun: str
) -> None:
    stored = _stored(context)
    path, session = _paths(stored)[noun]
    page = client.get(path)
    assert page.status_code == 200
    listed = _LISTED.findall(page.text)
    assert str(session.id) in listed
    assert len(listed) == (2 if noun == "organisation" else 1)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{path}">' in page.text
    feed = re.search(r'href="webcal://127.0.0.1:8000(/feeds/[^"]+\.ics)"', page.text)
    assert feed is not None
    assert session.uid in client.get(feed[1]).text.replace("\r\n ", "")
    bare = re.sub(r"/[a-z-]+-(?=[0-9a-f]{8}-|[0-9]{5}$)", "/", path)
    if bare != path:
        assert client.get(bare).headers["Location"] == path


def test_an_old_address_leads_to_what_the_row_was_merged_into(
    client: FlaskClient, context: ServiceContext
) -> None:
    stored = _stored(context)
    old, middle, venue = new_id(), new_id(), stored["venue"]
    with context.database.write() as db:
        for gone, became in ((old, middle), (middle, venue.id)):
            db.add(MergedRow(old_id=gone, noun="venues", new_id=became, merged_at=NOW))
    moved = client.get(f"/venues/ancien-nom-{old}")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/venues/{venue.id}")
    calendar = client.get(f"/feeds/venues/{old}.ics").text
    assert stored["there"].uid in calendar.replace("\r\n ", "")


#: An id that nothing has, the same in every process of the run.
NOBODY = "01a1b2c3-0000-7000-8000-0000000000ff"


@pytest.mark.parametrize(
    "path",
    [
        "/communes/vif-38545",
        "/communes/vif",
        f"/venues/x-{NOBODY}",
        "/venues/x",
        "/themes/rien",
        f"/activities/x-{NOBODY}",
        "/editions/2031",
        "/map",
        "/embed/fr",
        "/embed/de",
        "/feeds/themes/rien.ics",
        "/feeds/themes/rien.rss",
        f"/feeds/presenters/{NOBODY}.ics",
    ],
)
def test_there_is_no_page_of_what_was_never_released(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_name_that_waits_to_be_released_is_on_no_page(
    client: FlaskClient, context: ServiceContext
) -> None:
    stored = _stored(context)
    with context.database.write() as db:
        edit(db.get_one(Venue, stored["venue"].id), name="Nom secret")
    path = f"/venues/le-belvedere-{stored['venue'].id}"
    assert "secret" not in client.get(path).text.lower()
    with context.database.write() as db:
        release(db, stored["programme"].edition.id, now=NOW)
    assert client.get(path).headers["Location"] == f"/venues/nom-secret-{stored['venue'].id}"


def test_an_activity_lists_all_its_dates_and_says_what_is_known(
    client: FlaskClient, context: ServiceContext
) -> None:
    stored = _stored(context)
    path = f"/activities/l-eau-de-la-{stored['water'].id}"
    page = client.get(path).text.replace("\u00a0", " ")
    assert _DATES.findall(page) == [str(stored["there"].id)]
    for words in (
        "<strong>torrent</strong>",
        "<li>&lt;b&gt;vif&lt;/b&gt;</li>",
        "Handicap moteur",
        "CM1 à la 6e (cycle 3)",
        "français, anglais",
        "<em>prix libre</em>",
        "Prévoir des bottes",
        "dès 8 ans",
        'href="/themes/eau-et-energie"',
        f'href="/newsletter/follow/{stored["water"].id}"',
    ):
        assert words in page, words


def test_search_engines_are_told_what_is_known_and_nothing_else(
    client: FlaskClient, context: ServiceContext
) -> None:
    stored = _stored(context)
    with context.database.write() as db:
        later = OPENING + timedelta(days=2)
        session = db.get_one(Session, stored["there"].id)
        edit(session, starts_at=later, ends_at=later + timedelta(hours=1))
        edit(db.get_one(Activity, stored["water"].id), title_fr="L’eau </script><b>")
        release(db, stored["programme"].edition.id, now=NOW + timedelta(hours=1))
    page = client.get(f"/sessions/{stored['there'].id}").text
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert script is not None
    site, organisation = "http://127.0.0.1:8000", stored["programme"].organisation
    venue, here = stored["venue"], f"http://127.0.0.1:8000/sessions/{stored['there'].id}"
    assert json.loads(script[1]) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": here,
        "url": here,
        "name": "L’eau </script><b>",
        "inLanguage": ["fr", "en"],
        "description": "Un torrent.\n\n- froid\n- <b>vif</b>",
        "about": "Eau et énergie",
        "typicalAgeRange": "8-",
        "organizer": {
            "@type": "Organization",
            "name": "Muséum de Grenoble",
            "url": f"{site}/organisations/museum-de-grenoble-{organisation.id}",
        },
        "performer": [{"@type": "Person", "name": "Ada Martin"}],
        "startDate": "2026-10-04T10:00:00+02:00",
        "endDate": "2026-10-04T11:00:00+02:00",
        "previousStartDate": "2026-10-03T10:00:00+02:00",
        "eventStatus": "https://schema.org/EventRescheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Le Belvédère",
            "url": f"{site}/venues/le-belvedere-{venue.id}",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Vif",
                "addressCountry": "FR",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 45.1874, "longitude": 5.7357},
        },
        "maximumAttendeeCapacity": 20,
        "remainingAttendeeCapacity": 4,
        "offers": {
            "@type": "Offer",
            "url": f"{site}/register/{stored['there'].id}",
            "availability": "https://schema.org/InStock",
            "availabilityEnds": "2026-10-04T10:00:00+02:00",
        },
        "superEvent": {
            "@type": "Festival",
            "name": "Fête de la science 2026",
            "url": f"{site}/editions/fds-2026",
        },
    }


@pytest.mark.parametrize("noun", ["commune", "activity"])
def test_the_number_of_statements_does_not_grow_with_the_sessions(
    client: FlaskClient, context: ServiceContext, noun: str
) -> None:
    with released_programme(context) as programme:
        activity = programme.add_sessions(30)[0].activity_id
    path = {
        "commune": "/communes/grenoble-38185",
        "activity": f"/activities/voir-un-muon-{activity}",
    }[noun]
    client.get(path)
    with statements_of(context.database) as sent:
        assert client.get(path).status_code == 200
    assert len(sent) == {"commune": 8, "activity": 2}[noun], sent


def test_an_edition_at_a_glance_leads_to_everything(
    client: FlaskClient, context: ServiceContext
) -> None:
    stored = _stored(context)
    page = client.get("/editions/fds-2026").text
    links = re.findall(r'<li><a href="(/(?:themes|communes|organisations)/[^"?]+)', page)
    organisation = stored["programme"].organisation
    assert links == [
        "/themes/eau-et-energie",
        "/themes/physique",
        "/communes/grenoble-38185",
        "/communes/vif-38545",
        f"/organisations/museum-de-grenoble-{organisation.id}",
    ]


def test_what_is_over_stays_on_its_page_after_the_edition(
    client: FlaskClient, context: ServiceContext, clock: Any
) -> None:
    stored = _stored(context)
    clock.set(datetime(2027, 3, 1, tzinfo=UTC))
    assert _LISTED.findall(client.get("/communes/vif-38545").text) == [str(stored["there"].id)]


def test_a_venue_s_list_names_its_rooms_alone(client: FlaskClient, context: ServiceContext) -> None:
    with released_programme(context) as programme:
        session = programme.add_session()
    page = client.get(f"/venues/museum-{session.venue_id}").text
    places = re.findall(r'<p class="session-where">(.*?)</p>', page)
    assert places == ['<span class="space">Auditorium</span>']
    page = client.get("/communes/grenoble-38185").text
    places = re.findall(r'<p class="session-where">(.*?)</p>', page)
    assert places == ['<span class="space">Auditorium</span>, Muséum']
