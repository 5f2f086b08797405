"""Plain text from Markdown, which agendas keep their long texts in, with HTML in it or without."""

from functools import cache

from markdown_it import MarkdownIt

from services.scheduling.importers.plain_text import paragraphs

#: The longest text that is read as Markdown, in characters; what is longer is text as it is. The
#: time for a text made to be slow grows with the square of its length.
LONGEST_MARKDOWN = 20_000


def plain_of_markdown(text: str) -> str:
    """Return Markdown as plain paragraphs: signs of emphasis and the like are gone."""
    if len(text) > LONGEST_MARKDOWN:
        return paragraphs(text)
    return paragraphs(f"<div>{_reader().render(text.replace(chr(0), ''))}</div>")


@cache
def _reader() -> MarkdownIt:
    """Return the reader: a line's end in a paragraph is one in the text, as in the agenda's own."""
    return MarkdownIt("commonmark", {"html": True, "breaks": True})
