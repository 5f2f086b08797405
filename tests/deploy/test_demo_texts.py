"""The demo's texts keep French typography and name nobody who exists."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from deploy.demo import demo_programme
from services.scheduling.domain.programme import Programme
from shared.text import typeset

RESERVED = re.compile(r"(\.example|(^|\.)example\.(org|net|com))$")
FICTIONAL = re.compile(r"04 65 71 \d\d \d\d")


@pytest.fixture(scope="module")
def programme() -> Programme:
    return demo_programme(date(2026, 9, 3))


def french(programme: Programme) -> Iterator[str]:
    for activity in programme.activities:
        yield activity.title_fr
        yield activity.description_fr
    for venue in programme.venues:
        yield venue.name
        yield venue.address or ""
    yield from (space.name for space in programme.spaces)
    yield from (organisation.name for organisation in programme.organisations)


def test_french_texts_are_typeset(programme):
    for text in french(programme):
        assert typeset(text) == text
        assert re.findall(r"[^\u202f.…!?][;!?]", text) == [], text
        assert re.findall(r"[^\u00a0]:", text) == [], text
        assert re.findall(r"«[^\u00a0]|[^\u00a0]»", text) == [], text
        assert re.findall(r"['\"]|\.\.\.|  |\n", text) == [], text


def test_titles_are_short_and_never_repeated(programme):
    titles = [activity.title_fr for activity in programme.activities]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title) > 75 or title.endswith(".")] == []


def test_descriptions_are_two_to_five_sentences(programme):
    for activity in programme.activities:
        sentences = re.findall(r"[.!?…](?=[\s»]|$)", activity.description_fr)
        assert 2 <= len(sentences) <= 5, activity.source_id


def test_no_two_descriptions_start_alike(programme):
    openings = [activity.description_fr[:30] for activity in programme.activities]
    assert len(set(openings)) == len(openings)


def test_forty_activities_are_in_english_too(programme):
    english = [activity for activity in programme.activities if activity.title_en]
    assert len(english) >= 40
    assert [a.source_id for a in english if not a.description_en] == []
    for activity in english:
        text = f"{activity.title_en} {activity.description_en}"
        assert re.findall(r"[\u00a0\u202f«»'\"]| [;:!?]", text) == [], text


def test_addresses_are_under_reserved_names(programme):
    emails = [organisation.email for organisation in programme.organisations]
    emails += [session.registration_email for session in programme.sessions]
    links = [session.registration_link for session in programme.sessions]
    links += [activity.link for activity in programme.activities]
    hosts = [email.split("@")[1] for email in emails if email]
    hosts += [link.split("/")[2] for link in links if link]
    assert hosts
    assert [host for host in hosts if not RESERVED.search(host)] == []


def test_telephones_are_in_the_range_kept_for_fiction(programme):
    telephones = {session.registration_telephone for session in programme.sessions} - {None}
    assert telephones
    assert [number for number in telephones if not FICTIONAL.fullmatch(number)] == []
