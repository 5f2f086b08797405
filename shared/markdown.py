"""Texts that organisers write in Markdown: as safe HTML for pages, and as plain text for the rest.

CommonMark without images, HTML or headings above the page's own; whatever was typed, nothing in it
runs. A line's end is one on the page too, as people who never heard of Markdown expect.
"""

import re
from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {
    *("h3", "h4", "h5", "p", "ul", "ol", "li", "strong", "em", "a", "br", "hr"),
    *("blockquote", "code", "pre"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}

#: The longest text that is read as Markdown, in characters: the time for a text made to be slow
#: grows with the square of its length. What is longer is shown as it is.
LONGEST = 20_000

_BLANK_LINES = re.compile(r"\n{3,}")


def to_html(text: str | None) -> Markup:
    """Return a text as HTML that is safe to put into a page; its headings begin at `h3`."""
    if not text:
        return Markup("")
    if len(text) > LONGEST:
        return Markup("<p>{}</p>").format(text)
    tokens = _reader().parse(text)
    for token in tokens:
        if token.tag in _LOWER:
            token.tag = _LOWER[token.tag]
    html = _reader().renderer.render(tokens, _reader().options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    return Markup(clean)  # noqa: S704 - cleaned


def to_text(text: str | None) -> str:
    """Return a text without its signs: for calendars, mails, sheets and summaries.

    Paragraphs are set apart by an empty line; an item of a list begins with a dash; a link is
    followed by its address, where that is not its text.
    """
    if not text:
        return ""
    return text if len(text) > LONGEST else _read(text)


@lru_cache(maxsize=1024)  # a feed has the text of an activity for each of its sessions
def _read(text: str) -> str:
    if not _MARKED.search(text):
        return text
    return _BLANK_LINES.sub("\n\n", "".join(_plain(_reader().parse(text)))).strip()


#: What tells that a text may have signs of Markdown at all; most have none.
_MARKED = re.compile(r"[*_`\[#>\\&<|~]|^\s*(?:[-+]|\d+[.)])\s|^ {4}|^[=-]+\s*$", re.MULTILINE)
_LOWER = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h5", "h6": "h5"}


@cache
def _reader() -> MarkdownIt:
    options = {"html": False, "breaks": True, "linkify": False}
    return MarkdownIt("commonmark", options).disable(["image", "html_block", "html_inline"])


def _plain(tokens: list[Token]) -> list[str]:
    out: list[str] = []
    numbers: list[int | None] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbers.append(int(token.attrGet("start") or 1) if token.tag == "ol" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
            out.append("" if numbers else "\n")
        elif token.type == "list_item_open":
            number = numbers[-1]
            out.append("  " * (len(numbers) - 1) + ("- " if number is None else f"{number}. "))
            numbers[-1] = None if number is None else number + 1
        elif token.type == "inline":
            out.append(_inline(token.children or []))
        elif token.type in ("paragraph_close", "heading_close"):
            out.append("\n" if numbers else "\n\n")
        elif token.type in ("fence", "code_block"):
            out.append(token.content.rstrip("\n") + "\n\n")
    return out


def _inline(tokens: list[Token]) -> str:
    out: list[str] = []
    link, start = "", 0
    for token in tokens:
        if token.type in ("text", "code_inline"):
            out.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif token.type == "link_open":
            link, start = str(token.attrGet("href") or ""), len(out)
        elif token.type == "link_close":
            said = "".join(out[start:])
            bare = link.removeprefix("mailto:").removeprefix("tel:")
            if bare and bare != said:
                out.append(f" ({bare})")
    return "".join(out)
