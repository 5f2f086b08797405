"""Text: folding for search, and French typography."""

import re
import unicodedata

#: No-break space: before a colon and inside « ».
NBSP = "\u00a0"
#: Narrow no-break space: before ; ! and ?, and inside long numbers.
NNBSP = "\u202f"
#: Holds what stands beside it on one line, and takes no room.
WORD_JOINER = "\u2060"

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "‘": "'"})
_BEFORE_HIGH = re.compile(r"[ \u00a0\u202f]+([;!?])")
_BEFORE_COLON = re.compile(r"[ \u00a0\u202f]+:")
_OPENING = re.compile(r"«[ \u00a0\u202f]*")
_CLOSING = re.compile(r"[ \u00a0\u202f]*»")


def fold(text: str) -> str:
    """Return the text as search compares it: no accents, no case, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def typeset(text: str) -> str:
    """Return a French text with its no-break spaces: before ; ! ? and :, and inside « ».

    Only spaces that are there are changed, so that an address such as https://… stays whole.
    """
    text = _BEFORE_HIGH.sub(NNBSP + r"\1", text)
    text = _BEFORE_COLON.sub(NBSP + ":", text)
    text = _OPENING.sub("«" + NBSP, text)
    return _CLOSING.sub(NBSP + "»", text)
