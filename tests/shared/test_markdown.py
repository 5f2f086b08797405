"""Markdown that anybody may write: safe on a page, and readable without its signs."""

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.markdown import LONGEST, to_html, to_text

MARKS = st.text(alphabet="ab <>\"'&*_`[]()#!-+1.\n\\|~=:/javascript", max_size=120)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Un\nDeux\n\nTrois", "<p>Un<br>\nDeux</p>\n<p>Trois</p>\n"),
        ("# Titre", "<h3>Titre</h3>\n"),
        ("**gras** et *italique*", "<p><strong>gras</strong> et <em>italique</em></p>\n"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"),
        (
            "[ici](https://a.example/x?b=1&c=2)",
            '<p><a href="https://a.example/x?b=1&amp;c=2" rel="noopener nofollow">ici</a></p>\n',
        ),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
    ],
)
def test_what_is_written_becomes_safe_html(text, html):
    assert str(to_html(text)) == html


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (None, ""),
        ("Sans rien", "Sans rien"),
        ("# Titre\n\nUn **mot**.", "Titre\n\nUn mot."),
        ("- un\n- deux\n  - trois\n\nfin", "- un\n- deux\n  - trois\n\nfin"),
        ("3. un\n4. deux", "3. un\n4. deux"),
        ("[ici](https://a.example)", "ici (https://a.example)"),
        ("<https://a.example>", "https://a.example"),
        ("a_b_c & 3 * 4 < 13", "a_b_c & 3 * 4 < 13"),
        ("> cité", "cité"),
    ],
)
def test_without_its_signs_a_text_is_still_read(text, plain):
    assert to_text(text) == plain


@given(MARKS)
def test_no_text_makes_html_that_is_not_clean_already(text):
    html = str(to_html(text))

    assert nh3.clean(html, link_rel="noopener nofollow") == html
    assert "<script" not in html
    assert "<img" not in html


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    to_html(text)
    assert "\x00" not in to_text(text) or "\x00" in text


def test_a_text_too_long_to_be_read_is_shown_as_it_is():
    long = "*" * (LONGEST + 1)

    assert str(to_html(long)) == f"<p>{long}</p>"
    assert to_text(long) == long
