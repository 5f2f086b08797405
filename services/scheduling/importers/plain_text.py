"""Plain text from what other systems store: HTML, or text already."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from lxml import etree

#: What a text must contain to be read as HTML; “a < b” and “<stdio.h>” are text.
_MARKUP = re.compile(
    r"</?(p|br|div|span|a|ul|ol|li|em|strong|b|i|u|h[1-6]|pre|code|blockquote|hr|img|table|script"
    r"|style|iframe)(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_PARAGRAPHS = frozenset(
    ("p", "div", "ul", "ol", "pre", "blockquote", "hr", "table", "h1", "h2", "h3", "h4", "h5", "h6")
)
_LINES = frozenset(("li", "tr"))
_DROPPED = frozenset(("script", "style", "iframe", "object", "head", "title"))


def one_line(text: str) -> str:
    """Return the text on one line: a title or a name."""
    return " ".join(_printable(text).split())


def paragraphs(text: str) -> str:
    """Return the text as plain paragraphs with an empty line between them; HTML loses its tags.

    Never HTML: what looks like a tag in the result is text, and is escaped where it is shown.
    """
    if _MARKUP.search(text):
        text = _text_of_html(text)
    lines = [line.strip() for line in _printable(text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def joined_once(texts: Iterable[str]) -> str:
    """Return plain texts one after the other, without those that another one contains."""
    taken: list[str] = []
    for text in texts:
        if text and not any(text in other for other in taken):
            taken = [other for other in taken if other not in text]
            taken.append(text)
    return "\n\n".join(taken)


def web_address(text: str) -> str | None:
    """Return an http or https address, or None for anything else."""
    return text if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", text) else None


def _text_of_html(text: str) -> str:
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(f"<div>{text.replace(chr(0), '')}</div>", parser)
    except (etree.LxmlError, ValueError):
        return _MARKUP.sub(" ", text)
    return "" if root is None else "".join(_pieces(root))


def _pieces(root: Any) -> list[str]:
    pieces: list[str] = []
    dropped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            dropped += tag in _DROPPED
            if not dropped:
                pieces.append(_opening(tag) + _spaced(element.text, element))
            continue
        dropped -= tag in _DROPPED
        if not dropped:
            closing = "\n\n" if tag in _PARAGRAPHS else ""
            pieces.append(closing + _spaced(element.tail, element.getparent()))
    return pieces


def _opening(tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag == "li":
        return "\n• "
    if tag in _LINES:
        return "\n"
    return "\n\n" if tag in _PARAGRAPHS else ""


def _spaced(text: str | None, parent: Any) -> str:
    """Return the text with its line ends as spaces, which is what they are outside <pre>."""
    if not text or _is_preformatted(parent):
        return text or ""
    return re.sub(r"[ \t\r\n]+", " ", text)


def _is_preformatted(element: Any) -> bool:
    while element is not None:
        if element.tag == "pre":
            return True
        element = element.getparent()
    return False


def _printable(text: str) -> str:
    """Return the text without control characters and in one Unicode form (NFC)."""
    kept = (
        letter
        for letter in text
        if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", "".join(kept))
