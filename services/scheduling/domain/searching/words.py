"""Words as search compares them: folded, without elided articles, singular."""

import re
from collections.abc import Iterator
from functools import lru_cache

from shared.text import fold

#: Words that say nothing of what is looked for, unless nothing else is said.
COMMON = frozenset(
    {
        *("a", "au", "aux", "avec", "ce", "ces", "chez", "dans", "de", "des", "du", "elle", "en"),
        *("est", "et", "il", "la", "le", "les", "leur", "ma", "mes", "mon", "ne", "nos", "notre"),
        *("nous", "ou", "par", "pas", "plus", "pour", "qu", "que", "qui", "sa", "se", "ses", "son"),
        *("sur", "un", "une", "vos", "votre", "vous", "y", "and", "for", "in", "of", "on", "or"),
        *("the", "to", "with"),
    }
)

#: What is left of an article before an apostrophe: l'eau, d'astronomie, jusqu'à.
_ELIDED = frozenset(("c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu"))

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """Give each word of a text as it is compared and as it is written, elided articles left out."""
    for match in _WORD.finditer(text):
        written = match[0].lower()
        is_elided = text[match.end() : match.end() + 1] in ("'", "’") and written in _ELIDED
        if not is_elided:
            compared = stem(written)
            if compared:
                yield compared, written


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word folded and in the singular, as French and English mostly write their plurals.

    `étoiles` and `étoile` are the same, and so are `chevaux` and `cheval`, `eaux` and `eau`.
    """
    bare = fold(word)
    if len(bare) > 4 and bare.endswith("aux") and not bare.endswith("eaux"):
        return bare[:-3] + "al"
    if len(bare) > 3 and bare[-1] in "sx" and not bare.endswith("ss"):
        return bare[:-1]
    return bare
