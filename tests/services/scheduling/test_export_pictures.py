"""The pictures of activities in files: with their addresses, and without a change on return."""

import json
from typing import Any

import pytest
from lxml import etree

from services.scheduling.domain.images import prepare_image, store_image
from services.scheduling.domain.releasing import release
from services.scheduling.importers import read_programme
from services.scheduling.models import Activity
from shared.context import ServiceContext
from shared.testing.contexts import NOW
from tests.services.scheduling.drafted_programme import DraftedProgramme
from tests.services.scheduling.exported import (
    CALENDARS,
    changes_of,
    export,
    faults_of_json,
    faults_of_xml,
    planned,
)
from tests.services.scheduling.test_images import picture

SLUG = "fete-de-la-science-2026"
SITE = "https://fete.example"


@pytest.fixture
def image_id(context: ServiceContext) -> str:
    """Return the picture of the first of two activities, both released."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        image = store_image(
            db, prepare_image(picture(1200, 800)), is_private=False, account_id=None, now=NOW
        )
        said = {
            "image_alt_fr": "Une <trace>",
            "image_alt_en": "A track",
            "image_credit": "Ada & Cie",
        }
        muon = programme.add_activity("Voir un muon", image_id=image.id, **said)
        programme.add_session(muon)
        programme.add_session(programme.add_activity("Une comète"))
        release(db, programme.edition.id, now=NOW)
        return str(image.id)


def _events(context: ServiceContext) -> dict[str, Any]:
    found = json.loads(export(context, SLUG, "openagenda"))["events"]
    return {event["title"]["fr"]: event for event in found}


def test_an_agenda_has_a_picture_as_openagenda_writes_it(
    context: ServiceContext, image_id: str
) -> None:
    events = _events(context)
    full = {"filename": "1200.webp", "size": {"width": 1200, "height": 800}}
    small = {"filename": "480.webp", "size": {"width": 480, "height": 320}}
    muon = events["Voir un muon"]
    assert muon["image"] == {
        **full,
        "variants": [{**full, "type": "full"}, {**small, "type": "thumbnail"}],
        "base": f"{SITE}/images/{image_id}/",
    }
    assert muon["imageCredits"] == "Ada & Cie"
    assert muon["parvis"]["imageAlt"] == {"fr": "Une <trace>", "en": "A track"}
    comet = events["Une comète"]
    assert (comet["image"], comet["imageCredits"], "imageAlt" in comet["parvis"]) == (
        None,
        None,
        False,
    )


@pytest.mark.published
def test_schedules_have_it_as_the_logo_and_as_an_attachment_that_says_what_it_is(
    context: ServiceContext, image_id: str
) -> None:
    address = f"{SITE}/images/{image_id}/1200.webp"
    xml, schedule = (export(context, SLUG, name) for name in ("frab", "pretalx"))
    assert (faults_of_xml(xml), faults_of_json(schedule)) == ([], [])

    shown = {
        event.findtext("title"): (
            event.findtext("logo"),
            [(one.get("href"), one.get("type"), one.text) for one in event.iter("attachment")],
        )
        for event in etree.fromstring(xml).iter("event")
    }
    caption = "Une <trace> (Ada & Cie)"
    assert shown == {
        "Voir un muon": (address, [(address, "image/webp", caption)]),
        "Une comète": (None, []),
    }
    (day, *_) = json.loads(schedule)["schedule"]["conference"]["days"]
    events = {event["title"]: event for room in day["rooms"].values() for event in room}
    assert {title: (one["logo"], one["attachments"]) for title, one in events.items()} == {
        "Voir un muon": (address, [{"type": "media", "url": address, "title": caption}]),
        "Une comète": ("", []),
    }


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("name", CALENDARS)
def test_a_file_with_a_picture_comes_back_without_a_change_and_takes_none_off(
    context: ServiceContext, image_id: str, name: str, drafts: bool
) -> None:
    file = export(context, SLUG, name, drafts=drafts)
    assert changes_of(planned(context, SLUG, file)) == {}
    assert [one.image for one in read_programme(file, SLUG).activities] == [None, None]


def test_a_picture_that_was_exchanged_in_the_file_is_not_taken_for_a_change(
    context: ServiceContext, image_id: str
) -> None:
    for name in ("frab", "pretalx", "openagenda"):
        file = export(context, SLUG, name).replace(image_id.encode(), b"another")
        assert changes_of(planned(context, SLUG, file)) == {}, name


def test_a_picture_that_is_nobodys_to_see_is_in_no_file(
    context: ServiceContext, image_id: str
) -> None:
    with context.database.write() as db:
        private = store_image(
            db, prepare_image(picture()), is_private=True, account_id=None, now=NOW
        )
        for activity in db.query(Activity).filter(Activity.image_id.is_not(None)):
            activity.image_id = private.id
    found = json.loads(export(context, SLUG, "openagenda", drafts=True))["events"]
    assert [event["image"] for event in found] == [None, None]
