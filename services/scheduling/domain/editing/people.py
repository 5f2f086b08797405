"""Which of the names that an activity credits are people's."""

import re

#: An e-mail address, bare or in its brackets.
_ADDRESS = re.compile(r"[<(\[]?([^\s<>()\[\]]+)@([^\s<>()\[\]]+\.[^\s<>()\[\],;]+)[>)\]]?")
_AROUND = " ,;:<>()[]"


def has_address(name: str) -> bool:
    """Tell whether an e-mail address stands in a name."""
    return _ADDRESS.search(name) is not None


def without_address(name: str) -> str:
    """Return a name without the e-mail addresses that stand in it.

    Who is named by an address alone is told apart by its parts: `ada@museum.fr` is
    `ada (museum.fr)`, whom nobody can write to.
    """
    found = _ADDRESS.search(name)
    if found is None:
        return name
    left = " ".join(_ADDRESS.sub(" ", name).split()).strip(_AROUND)
    return left or f"{found[1]} ({found[2]})"


def is_somebody(name: str) -> bool:
    """Tell whether a name can be a person's: it has a letter, and is no bare e-mail address."""
    return any(map(str.isalpha, name)) and _ADDRESS.fullmatch(name.strip()) is None
