"""What the console's pages share: addresses, numbered pages, rows, merged forms, words."""

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from shared.web.addresses import address_with
from shared.web.differences import LONGEST_COMPARED, marked_words
from shared.web.merging import Merged, decided, fingerprint, merge
from shared.web.paging import Page, read_page
from shared.web.repeating import asks_for_rows, read_rows
from tests.shared.web_application import small_application, small_context

FIELDS = ("opens", "closes")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return small_application(small_context(tmp_path))


def test_an_address_keeps_what_does_not_change_and_forgets_the_place_in_the_list(
    app: Flask,
) -> None:
    with app.test_request_context("/console/x?q=été&state=draft&state=changed&page=4&lang=en"):
        assert address_with(sort="title") == (
            "/console/x?q=%C3%A9t%C3%A9&state=draft&state=changed&sort=title"
        )
        assert address_with(state=None, page=5) == "/console/x?q=%C3%A9t%C3%A9&page=5"
        assert address_with(state=["a", "b"], q="") == "/console/x?state=a&state=b"
    with app.test_request_context("/console/x?q=1"):
        assert address_with(q=None) == "/console/x"


@pytest.mark.parametrize(
    ("asked", "total", "expected"),
    [
        (None, 0, (1, 0, 0, 1)),
        ("1", 10, (1, 1, 10, 1)),
        ("3", 101, (3, 101, 101, 3)),
        ("99", 101, (3, 101, 101, 3)),
        ("0", 101, (1, 1, 50, 3)),
        ("-1", 101, (1, 1, 50, 3)),
        ("two", 101, (1, 1, 50, 3)),
        ("٣", 101, (1, 1, 50, 3)),
    ],
)
def test_a_page_that_does_not_exist_is_the_nearest(
    asked: str | None, total: int, expected: tuple[int, ...]
) -> None:
    page = read_page(asked, size=50, total=total)
    assert (page.number, page.first, page.last, page.last_number) == expected


@pytest.mark.parametrize(
    ("number", "total", "expected"),
    [
        (1, 40, [1]),
        (1, 150, [1, 2, 3]),
        (1, 2013, [1, 2, 3, None, 41]),
        (5, 2013, [1, 2, 3, 4, 5, 6, 7, None, 41]),
        (20, 2013, [1, None, 18, 19, 20, 21, 22, None, 41]),
        (41, 2013, [1, None, 39, 40, 41]),
    ],
)
def test_the_ends_and_the_neighbours_of_a_page_are_named(
    number: int, total: int, expected: list[int | None]
) -> None:
    assert Page(number, 50, total).numbers == expected


def test_rows_are_read_in_order_without_the_empty_ones() -> None:
    form = MultiDict(
        {
            "hours-2-opens": "14:00",
            "hours-2-closes": "",
            "hours-0-opens": " 10:00 ",
            "hours-0-closes": "12:00",
            "hours-1-opens": "",
            "hours-x-opens": "1",
            "others-0-opens": "09:00",
        }
    )
    rows = [{"opens": "10:00", "closes": "12:00"}, {"opens": "14:00", "closes": ""}]
    assert (read_rows(form, "hours", FIELDS), asks_for_rows(form)) == (rows, False)


def test_a_row_is_added_and_removed_without_javascript() -> None:
    sent = {"hours-0-opens": "10:00", "hours-3-opens": "14:00"}
    first, last = {"opens": "10:00", "closes": ""}, {"opens": "14:00", "closes": ""}
    added = MultiDict({**sent, "add_row": "hours"})
    removed = MultiDict({**sent, "remove_row": "hours-0"})
    other = MultiDict({**sent, "add_row": "closures"})

    assert read_rows(added, "hours", FIELDS) == [first, last, {"opens": "", "closes": ""}]
    assert read_rows(removed, "hours", FIELDS) == [last]
    assert read_rows(other, "hours", FIELDS) == [first, last]
    assert all(map(asks_for_rows, (added, removed, other)))


def test_only_what_two_people_changed_differently_is_in_conflict() -> None:
    opened = {"title": "Muon", "place": "Lyon", "note": "a\nb", "seats": "10", "age": "6"}
    form = {f"seen-{name}": fingerprint(value) for name, value in opened.items()}
    form |= {"title": "Muon !", "place": "Lyon", "note": "a\r\nb", "seats": "20", "age": "7"}
    theirs = {"title": "Muons", "place": "Grenoble", "note": "a\nb", "seats": "10", "age": "7"}

    merged = merge(opened, form, theirs)

    assert merged == Merged(
        {"title": "Muon !", "place": "Grenoble", "note": "a\r\nb", "seats": "20", "age": "7"},
        ("title",),
    )
    assert decided(opened, {**form, "keep-title": "theirs"}, theirs)["title"] == "Muons"
    assert decided(opened, {**form, "keep-title": "mine"}, theirs)["title"] == "Muon !"


def test_the_words_that_differ_are_marked_and_nothing_typed_is_markup() -> None:
    before, after = marked_words("salle <b>1</b> à 14 h", "salle <b>1</b> à 16 h")
    assert before == "salle &lt;b&gt;1&lt;/b&gt; à <del>14</del> h"
    assert after == "salle &lt;b&gt;1&lt;/b&gt; à <ins>16</ins> h"


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "neuf"), ("", ""), ("un deux", "trois quatre"), ("a " * LONGEST_COMPARED, "a b")],
)
def test_texts_that_cannot_be_compared_are_left_unmarked(before: str | None, after: str) -> None:
    assert [str(text) for text in marked_words(before, after)] == [before or "", after]
