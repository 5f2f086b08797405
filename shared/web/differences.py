"""Two texts side by side: the words of each that the other has not, marked for the eye."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

#: Texts with more words than this are shown unmarked: comparing them would take too long.
LONGEST_COMPARED = 1500

#: The least part of the words that two texts share, if it is to be shown which.
LEAST_IN_COMMON = 0.3

_WORDS = re.compile(r"\s+|[^\s]+")


def marked_words(before: str | None, after: str | None) -> tuple[Markup, Markup]:
    """Return both texts as HTML, what differs in `<del>` in the first and `<ins>` in the second.

    Texts that have hardly a word in common are left unmarked: all of it differs.
    """
    old, new = _WORDS.findall(before or ""), _WORDS.findall(after or "")
    if not old or not new or max(len(old), len(new)) > LONGEST_COMPARED:
        return escape(before or ""), escape(after or "")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    same = sum(
        not word.isspace()
        for i, _j, size in matcher.get_matching_blocks()
        for word in old[i : i + size]
    )
    if same < LEAST_IN_COMMON * max(len(old), len(new)) / 2:  # every other one is a space
        return escape(before or ""), escape(after or "")
    left, right = Markup(), Markup()
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        left += escape(gone) if kind == "equal" else _mark("del", gone)
        right += escape(come) if kind == "equal" else _mark("ins", come)
    return left, right


def _mark(tag: str, text: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), text) if text else Markup()  # noqa: S704
