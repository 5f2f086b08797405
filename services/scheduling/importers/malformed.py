"""What is wrong with one record of a file: the others are taken all the same."""

from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l

LONGEST_KEY = 200
LONGEST_TITLE = 500
LONGEST_DESCRIPTION = 100_000


class Malformed(ValueError):
    """A record that cannot be taken; `reason` says why in a few words, in the reader's language."""

    def __init__(self, reason: LazyText) -> None:
        super().__init__(reason)
        self.reason = reason


def quoted(text: str) -> str:
    """Return a text from the file, short enough to be quoted in a reason."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def check_title(title: str) -> str:
    """Return a title that can be taken. Raises `Malformed`."""
    if not title:
        raise Malformed(_l("pas de titre"))
    if len(title) > LONGEST_TITLE:
        raise Malformed(_l("le titre a plus de %(n)s caractères", n=LONGEST_TITLE))
    return title


def check_description(text: str) -> str:
    """Return a description that can be taken. Raises `Malformed`."""
    if len(text) > LONGEST_DESCRIPTION:
        raise Malformed(_l("la description a plus de %(n)s caractères", n=LONGEST_DESCRIPTION))
    return text
