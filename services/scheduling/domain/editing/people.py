"""Which of the names that an activity credits are people's."""

import re

#: An e-mail address, bare or in its brackets.
_ADDRESS = re.compile(r"[<(\[]?[^\s<>()\[\]]+@[^\s<>()\[\]]+\.[^\s<>()\[\],;]+[>)\]]?")
_AROUND = " ,;:<>()[]"


def has_address(name: str) -> bool:
    """Tell whether an e-mail address stands in a name."""
    return _ADDRESS.search(name) is not None


def without_address(name: str) -> str:
    """Return a name without the e-mail addresses that stand in it; maybe nothing is left."""
    return " ".join(_ADDRESS.sub(" ", name).split()).strip(_AROUND) if has_address(name) else name


def is_somebody(name: str) -> bool:
    """Tell whether a name can be a person's: it has a letter, and is no e-mail address."""
    return any(map(str.isalpha, without_address(name)))
