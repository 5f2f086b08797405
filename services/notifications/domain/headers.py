"""Header lines with other people's text in them, written so that they cannot become anything else.

Python's `email` takes `=?…?=` in a text for an encoded word, line ends included, and loses the
quotes of a long quoted name when it folds (both seen with hostile names on 3.11). So text goes into
encoded words here (RFC 2047), where no character has a meaning of its own.
"""

import re
from email.header import Header
from typing import Any

from services.notifications.domain.text_safety import one_line

#: What may stand in a header as it is: words of harmless letters, one space between them.
_PLAIN = re.compile(r"[A-Za-z0-9'_-]+(?: [A-Za-z0-9'_-]+)*")
_PLAIN_TEXT = re.compile(r"(?:(?!=\?)[\x20-\x7e])*")

#: Columns of a folded line (RFC 5322, section 2.1.1).
_WIDTH = 76


class ReadyHeader(str):
    """A header's readable value that knows how it is written; `email` leaves such ones alone."""

    name: str
    lines: str

    @classmethod
    def of(cls, name: str, readable: str, written: str) -> "ReadyHeader":
        """Return the header; `written` is ASCII but for addresses of RFC 6532."""
        header = cls(readable)
        header.name = name
        header.lines = f"{name}: {written}\r\n"
        return header

    def fold(self, *, policy: Any) -> str:
        """Return the header's lines, for `email.policy`."""
        return self.lines


def text_header(name: str, text: str) -> ReadyHeader:
    """Return a header that holds a text, such as the subject."""
    text = one_line(text)
    charset = "us-ascii" if _PLAIN_TEXT.fullmatch(text) else "utf-8"
    return ReadyHeader.of(name, text, _encoded(name, text, charset))


def mailbox_header(name: str, display_name: str, address: str) -> ReadyHeader:
    """Return a header that holds one person's name and address, which must be `deliverable`."""
    person = one_line(display_name, longest=80)
    if not person:
        return ReadyHeader.of(name, address, address)
    plain = _PLAIN.fullmatch(person) and len(name) + len(person) < _WIDTH
    written = person if plain else _encoded(name, person, "utf-8")
    return ReadyHeader.of(name, f"{person} <{address}>", f"{written}\r\n <{address}>")


def _encoded(name: str, text: str, charset: str) -> str:
    header = Header(text, charset, header_name=name, maxlinelen=_WIDTH)
    return header.encode(linesep="\r\n")
