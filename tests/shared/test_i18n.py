import json
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.i18n import (
    LazyText,
    format_clock,
    format_day,
    format_hours,
    format_length,
    format_number,
    format_period,
    format_session_time,
    format_span,
    format_weekdays,
    gettext,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
    sentence_of,
    speaking,
    translator,
    unbroken,
)

PARIS = "Europe/Paris"
NBSP = "\u00a0"


def _spaced(text: str) -> str:
    return text.replace(NBSP, " ").replace("\u202f", " ")


def test_a_package_speaks_its_own_words_and_the_shared_ones() -> None:
    english = translator("services.scheduling", "en")
    assert english.gettext("Espace organisateur") == "Organisers’ space"
    assert english.gettext("Autres dates") == "Other dates"
    assert english.gettext("mot inconnu") == "mot inconnu"
    assert translator("services.scheduling", "de").locale == "fr"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (60, "1 h"),
        (81, "1 h 21"),
        (125, "2 h 05"),
        (1500, "25 h"),
        (60_030, "1 000 h 30"),
    ],
)
def test_a_length_of_time_is_told_in_hours_and_minutes(minutes: int, expected: str) -> None:
    assert _spaced(format_length(minutes)) == expected
    assert " " not in format_length(minutes)


def test_a_length_of_time_is_told_alike_in_each_language() -> None:
    assert [_spaced(format_length(81, locale)) for locale in ("fr", "en")] == ["1 h 21"] * 2


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr", ["0 place", "1 place", "2 places"]),
        ("en", ["0 seats", "1 seat", "2 seats"]),
    ],
)
def test_each_language_counts_in_its_own_way(locale: str, expected: list[str]) -> None:
    with speaking(translator("shared.web", locale)):
        assert [ngettext("%(n)s place", "%(n)s places", n) for n in range(3)] == expected


def test_a_lazy_message_speaks_the_language_of_the_moment() -> None:
    label = lazy_gettext("Mentions légales")
    with speaking(translator("shared.web", "en")):
        assert (str(label), gettext("Mentions légales")) == ("Legal notice", "Legal notice")
    assert str(label) == "Mentions légales"


@pytest.mark.parametrize(
    ("locale", "kind", "hours", "expected"),
    [
        ("fr", "timed", 1.5, "samedi 10 octobre, 14 h 00 – 15 h 30"),
        ("en", "timed", 1.5, "Saturday 10 October, 14:00 – 15:30"),
        ("fr", "drop_in", 4, "samedi 10 octobre, en continu de 14 h 00 à 18 h 00"),
        ("en", "drop_in", 4, "Saturday 10 October, drop in from 14:00 to 18:00"),
        ("fr", "timed", 0, "samedi 10 octobre à 14 h 00"),
        ("fr", "timed", 11, "samedi 10 octobre, 14 h 00 – 1 h 00"),
        ("fr", "timed", 24, "du samedi 10 octobre, 14 h 00, au dimanche 11 octobre, 14 h 00"),
    ],
)
def test_when_a_session_is(locale: str, kind: str, hours: float, expected: str) -> None:
    start = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)
    words = format_session_time(start, start + timedelta(hours=hours), PARIS, kind, locale)
    assert _spaced(words) == expected


def test_no_line_breaks_between_two_times() -> None:
    start = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)
    words = format_session_time(start, start + timedelta(hours=1), PARIS, locale="en")
    assert words == "Saturday 10 October, 14:00\u00a0–\u00a015:00"
    # After a dash a line may break, whatever space follows, unless a word joiner stands there.
    assert unbroken(words) == "Saturday 10 October, 14:00\u00a0–\u2060\u00a015:00"
    assert format_hours("09:30", "12:00") == "9_h_30_–_12_h_00".replace("_", NBSP)
    assert unbroken("Voir – comprendre") == "Voir – comprendre"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr", "du 3 octobre 2026 au 10 janvier 2027, du mardi au dimanche"),
        ("en", "3 October 2026 to 10 January 2027, Tuesday to Sunday"),
    ],
)
def test_when_an_exhibition_is(locale: str, expected: str) -> None:
    words = format_session_time(
        datetime(2026, 10, 2, 22, 0, tzinfo=UTC),
        datetime(2027, 1, 10, 23, 0, tzinfo=UTC),
        PARIS,
        "exhibition",
        locale,
        weekly_hours=[{"weekday": day} for day in range(2, 8)],
    )
    assert words == expected


def test_a_session_is_told_in_the_time_of_its_place() -> None:
    start = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # the clocks go back at 01:00 UTC
    words = format_session_time(start, start + timedelta(hours=2), PARIS)
    assert _spaced(words) == "dimanche 25 octobre, 1 h 30 – 2 h 30"


def test_the_first_of_a_month_is_premier() -> None:
    assert format_day(date(2026, 11, 1)) == "dimanche 1er novembre"
    assert format_period(date(2026, 11, 1), date(2026, 11, 3)) == "du 1er au 3 novembre"
    assert format_day(date(2026, 11, 21), year=True) == "samedi 21 novembre 2026"


def test_a_period_says_no_more_than_it_must() -> None:
    assert format_period(date(2026, 10, 2), date(2026, 10, 12), year=True) == (
        "du 2 au 12 octobre 2026"
    )
    assert format_period(date(2026, 9, 30), date(2026, 10, 2), "en") == "30 September to 2 October"
    assert format_period(date(2026, 10, 2), date(2026, 10, 2)) == "le 2 octobre"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], ""),
        ([3], "le mercredi"),
        ([3, 6], "le mercredi et le samedi"),
        ([1, 3, 6], "le lundi, le mercredi et le samedi"),
        ([6, 7], "le samedi et le dimanche"),
        ([2, 3, 4, 5, 6, 7], "du mardi au dimanche"),
        (range(1, 8), "tous les jours"),
    ],
)
def test_weekdays_are_told_as_runs(days: list[int], expected: str) -> None:
    assert format_weekdays(days, "fr") == expected


def test_numbers_and_clocks_use_spaces_that_do_not_break() -> None:
    assert format_number(12345, "fr") == "12\u202f345"
    assert format_clock("09:05", "fr") == f"9{NBSP}h{NBSP}05"
    assert format_clock("09:05", "en") == "9:05"


def test_a_sentence_that_was_kept_is_told_in_the_language_of_its_reader():
    inner = lazy_gettext("Mentions légales")
    sentence = LazyText("%(n)s page : %(name)s", {"name": inner}, "%(n)s pages : %(name)s", 2)

    kept = json.loads(json.dumps(sentence.stored()))

    assert sentence_of(kept) == sentence
    assert sentence_of("plain") == "plain"
    with speaking(translator("shared.web", "en")):
        assert str(sentence_of(kept)) == "2 pages : Legal notice"
    assert str(sentence_of(kept)) == "2 pages : Mentions légales"


def test_sentences_are_equal_when_they_say_the_same_of_the_same():
    assert lazy_gettext("%(n)s pages", n=2) == lazy_gettext("%(n)s pages", n=2)
    assert lazy_gettext("%(n)s pages", n=2) != lazy_gettext("%(n)s pages", n=3)
    assert lazy_ngettext("une", "%(n)s", 2) != lazy_ngettext("une", "%(n)s", 3)
    assert len({lazy_gettext("%(n)s pages", n=2), lazy_gettext("%(n)s pages", n=2)}) == 1


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "french", "english"),
    [
        (
            datetime(2026, 12, 20, 23, tzinfo=UTC),
            datetime(2026, 12, 21, 23, tzinfo=UTC),
            "lundi 21 décembre, toute la journée",
            "Monday 21 December, all day",
        ),
        (  # the clocks change in between
            datetime(2026, 10, 22, 22, tzinfo=UTC),
            datetime(2026, 10, 26, 23, tzinfo=UTC),
            "du vendredi 23 octobre au lundi 26 octobre",
            "Friday 23 October to Monday 26 October",
        ),
        (
            datetime(2026, 12, 20, 23, tzinfo=UTC),
            datetime(2026, 12, 21, 11, tzinfo=UTC),
            "lundi 21 décembre, 0 h 00 – 12 h 00",
            "Monday 21 December, 0:00 – 12:00",
        ),
        (
            datetime(2026, 12, 21, 23, tzinfo=UTC),
            datetime(2026, 12, 21, 23, tzinfo=UTC),
            "mardi 22 décembre à 0 h 00",
            "Tuesday 22 December at 0:00",
        ),
    ],
)
def test_whole_days_are_said_as_days(
    starts_at: datetime, ends_at: datetime, french: str, english: str
) -> None:
    said = [_spaced(format_span(starts_at, ends_at, PARIS, locale)) for locale in ("fr", "en")]
    assert said == [french, english]
