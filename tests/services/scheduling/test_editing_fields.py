"""What the fields of the console and of the API take, whatever comes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.editing import fields
from services.scheduling.domain.editing.communes import insee_code
from services.scheduling.domain.editing.fields import Fault, Field
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.editing.opening_hours import weekly_hours
from services.scheduling.domain.editing.slugs import slug, slug_of


def sentence(field: Field, value: Any) -> str:
    with pytest.raises(Fault) as caught:
        field(value)
    return str(caught.value.sentence)


@given(st.text())
def test_a_line_is_kept_readable_or_refused(text: str) -> None:
    try:
        kept = fields.line(50)(text)
    except Fault:
        return
    assert kept is None or (kept == kept.strip() and len(kept) <= 50)
    assert kept is None or not set(kept) & {"\x00", "\n", "\r", "\t", "\x1b", "\u202e"}


def test_a_nul_is_refused_with_a_sentence() -> None:
    assert sentence(fields.line(), "a\x00b") == (
        "Ce texte contient des caractères invisibles\u00a0: saisissez-le à nouveau."
    )


def test_a_long_text_keeps_its_lines() -> None:
    assert fields.paragraphs()(" un\r\n\r\ndeux ") == "un\n\ndeux"


@pytest.mark.parametrize(
    "address", ["https://exemple.fr", "http://exemple.fr:8080/a?b=c#d", "https://fête.example/é"]
)
def test_a_web_address_is_taken(address: str) -> None:
    assert fields.link()(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://exemple.fr",
        "www.exemple.fr",
        "https://",
        "https://localhost",
        "https://exemple.fr:abc",
        "http://[::1",
        "https://exemple.fr/un deux",
        "//exemple.fr",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    assert sentence(fields.link(), address) == str(fields.LINK)


@pytest.mark.parametrize("address", ["a", "a@b", "a b@c.fr", "a@b..fr", "a@b.fr\nBcc: c@d.fr"])
def test_what_is_no_email_address_is_refused(address: str) -> None:
    assert sentence(fields.email(), address)


@pytest.mark.parametrize("number", ["04 76 00 00 00", "+33 (0)4.76.00.00.00", "3949"])
def test_a_telephone_number_is_taken_as_it_is_written(number: str) -> None:
    assert fields.telephone()(number) == number


@pytest.mark.parametrize("number", ["12", "appelez-nous", "04 76 xx", "()"])
def test_what_is_no_telephone_number_is_refused(number: str) -> None:
    assert sentence(fields.telephone(), number)


@pytest.mark.parametrize("number", [-1, 2**31])
def test_a_number_that_no_column_holds_is_refused(number: int) -> None:
    assert fields.whole()(2**31 - 1) == 2**31 - 1
    assert sentence(fields.whole(), number)


def test_a_latitude_that_is_no_number_is_refused() -> None:
    assert sentence(fields.degrees(90), float("nan"))
    assert sentence(fields.degrees(90), 90.1)


@pytest.mark.parametrize("code", ["38185", "2a004", "97411", "01001"])
def test_an_insee_code_is_taken(code: str) -> None:
    assert insee_code()(code) == code.upper()


@pytest.mark.parametrize("code", ["3818", "381855", "20004", "00001", "2C004", "99999"])
def test_what_is_no_insee_code_is_refused(code: str) -> None:
    assert "code postal" in sentence(insee_code(), code)


@given(st.text(max_size=100))
def test_the_slug_of_a_name_is_a_slug_or_nothing(name: str) -> None:
    made = slug_of(name)
    assert made in ("", "new") or slug()(made) == made


def test_a_name_becomes_its_slug() -> None:
    assert slug_of("Fête de la science 2026 : l’œuvre !") == "fete-de-la-science-2026-l-oeuvre"


OPENINGS = st.builds(
    lambda weekday, opens, length: {
        "weekday": weekday,
        "opens": f"{opens // 60:02}:{opens % 60:02}",
        "closes": f"{(opens + length) // 60:02}:{(opens + length) % 60:02}",
    },
    st.integers(1, 7),
    st.integers(0, 12 * 60),
    st.integers(1, 11 * 60),
)


@given(st.lists(OPENINGS, max_size=6))
def test_weekly_hours_never_overlap(openings: list[dict[str, Any]]) -> None:
    overlap = any(
        a is not b
        and a["weekday"] == b["weekday"]
        and a["opens"] < b["closes"]
        and b["opens"] < a["closes"]
        for a in openings
        for b in openings
    )
    try:
        kept = weekly_hours()(openings)
    except Fault:
        assert overlap
    else:
        assert not overlap
        assert sorted(map(str, kept)) == sorted(map(str, openings))


def test_weekly_hours_that_overlap_are_named() -> None:
    openings = [
        {"weekday": 2, "opens": "14:00", "closes": "18:00"},
        {"weekday": 2, "opens": "09:00", "closes": "14:30"},
    ]
    assert sentence(weekly_hours(), openings) == (
        "Deux horaires du mardi se chevauchent\u00a0: 09:00–14:30 et 14:00–18:00."
    )


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_a_local_time_that_exists_is_shown_as_it_was_written(local: datetime, zone: str) -> None:
    try:
        meant = instant_of(local.date(), local.time(), zone)
    except Fault:
        there = local.replace(tzinfo=ZoneInfo(zone))
        assert there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local
    else:
        assert local_of(meant.at, zone) == local


def test_an_hour_that_spring_skips_is_refused_with_the_one_to_write() -> None:
    with pytest.raises(Fault) as caught:
        instant_of(date(2026, 3, 29), time(2, 30), "Europe/Paris")
    assert str(caught.value.sentence) == (
        "Ce jour-là, l’heure change et il n’est jamais 02:30\u00a0: indiquez 03:30."
    )


def test_an_hour_that_comes_twice_is_its_first_and_says_so() -> None:
    meant = instant_of(date(2026, 10, 25), time(2, 30), "Europe/Paris")
    assert meant.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "deux fois 02:30" in str(meant.note)
    assert instant_of(date(2026, 10, 25), time(3, 30), "Europe/Paris").note is None


def test_a_day_outside_the_calendar_is_refused() -> None:
    with pytest.raises(Fault):
        instant_of(date(1, 1, 1), time(0, 0), "Asia/Tokyo")


def test_a_year_is_not_mistyped() -> None:
    assert sentence(fields.day(), date(202, 10, 3))
    assert sentence(fields.instant(), datetime(2206, 10, 3, tzinfo=UTC) + timedelta(days=1))
