"""Text from outside, made fit for a header: one line, nothing that steers a reader's display."""

import unicodedata

#: Marks that turn the direction of text, with which a name could dress up as something else.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: Controls, surrogates, line and paragraph separators, and code points that mean nothing.
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp", "Cn"})


def one_line(text: str, *, longest: int = 200) -> str:
    """Return the text on one line, without control characters, cut at `longest` characters.

    No-break spaces stay: French typography needs them.
    """
    kept = "".join(" " if _is_unfit(letter) else letter for letter in text)
    line = " ".join(word for word in kept.split(" ") if word)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _is_unfit(letter: str) -> bool:
    return letter in _DIRECTION_MARKS or unicodedata.category(letter) in _UNFIT
