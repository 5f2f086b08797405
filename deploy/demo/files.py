"""Where the demo's texts are kept: TOML files beside this module."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_WRAPPING = re.compile(r"[ \n]+")


def read_folder(name: str) -> Iterator[dict[str, Any]]:
    """Yield the TOML documents of a folder beside this module, in the order of their names."""
    for path in sorted((HERE / name).glob("*.toml")):
        yield tomllib.loads(path.read_text(encoding="utf-8"))


def unwrap(text: str) -> str:
    """Return a wrapped text as one line; its no-break spaces stay what they are."""
    return _WRAPPING.sub(" ", text).strip(" ")
