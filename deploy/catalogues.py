"""Whether every message of the pages and mails is in its package's English catalogue.

French is written in the code. `python -m deploy.catalogues` prints what is wrong, if anything.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from deploy.routes import SERVICES

ROOT = Path(__file__).resolve().parents[1]

#: The package that speaks, by the folder whose files hold its messages.
SPEAKERS = {"shared": "shared/web", **{f"services/{name}": f"services/{name}" for name in SERVICES}}

#: Functions whose first argument, or first two, are messages.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "lazy": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}

#: Languages other than French, each of which must be complete.
LOCALES = ("en",)

_METHODS = {".py": "python", ".html": "jinja2", ".txt": "jinja2", ".xml": "jinja2"}
_ELSEWHERE = {"testing", "translations", "static", "migrations"}
_BAD_SPACE = re.compile(r"[ \t](?=[;!?:»](?:[\s<]|$))|«[ \t]")
_NAMED = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True)
class Message:
    """One message: its French text, its plural where it counts something, where it is."""

    text: str
    plural: str | None
    place: str


def problems() -> list[str]:
    """Return a sentence for each message that is missing, left over, or badly written."""
    found = []
    shared = {message.text for message in messages("shared")}
    for folder, package in SPEAKERS.items():
        said = list(messages(folder))
        found += [f"{m.place}: ordinary space in {m.text!r}" for m in said if _is_badly_spaced(m)]
        inherited = shared if folder != "shared" else set()
        needed = {m.text: m for m in said if m.text not in inherited}
        for locale in LOCALES:
            found += _compare(needed, package, locale, said)
    return found


def messages(folder: str) -> Iterator[Message]:
    """Give every message in the code and the templates of a folder."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix not in _METHODS or _ELSEWHERE & set(path.relative_to(ROOT).parts):
            continue
        options = {"trimmed": "true", "silent": "false"} if path.suffix != ".py" else None
        rows = extract_from_file(_METHODS[path.suffix], path, keywords=KEYWORDS, options=options)
        for line, text, _comments, _context in rows:
            singular, plural = text if isinstance(text, tuple) else (text, None)
            yield Message(singular, plural, f"{path.relative_to(ROOT)}:{line}")


def _compare(
    needed: dict[str, Message], package: str, locale: str, said: list[Message]
) -> Iterator[str]:
    path = ROOT / package / "translations" / locale / "LC_MESSAGES" / "messages.po"
    name = path.relative_to(ROOT)
    if not path.exists():
        if needed:
            yield f"{name} is missing: {len(needed)} messages"
        return
    catalogue = _read(path, locale)
    known = {_first(entry.id): entry for entry in catalogue if entry.id}
    for text, message in needed.items():
        entry = known.get(text)
        if entry is None:
            yield f"{name} lacks {text!r} ({message.place})"
        else:
            yield from _faults(str(name), message, entry)
    for text in known.keys() - {message.text for message in said}:
        yield f"{name} keeps {text!r}, which nothing says"
    yield from (f"{name} keeps an obsolete {_first(key)!r}" for key in catalogue.obsolete)


def _faults(catalogue: str, message: Message, entry: Entry) -> Iterator[str]:
    forms = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
    if entry.fuzzy:
        yield f"{catalogue}: the translation of {message.text!r} is fuzzy"
    if not all(forms):
        yield f"{catalogue}: {message.text!r} is not translated"
    if bool(message.plural) != isinstance(entry.id, (tuple, list)):
        yield f"{catalogue}: {message.text!r} has a plural in one place only ({message.place})"
    wanted = set(_NAMED.findall(f"{message.text} {message.plural or ''}"))
    for form in filter(None, forms):
        if unknown := set(_NAMED.findall(form)) - wanted - {"n", "num"}:
            yield f"{catalogue}: {form!r} names {', '.join(sorted(unknown))}, which is not given"


def _read(path: Path, locale: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _first(key: Any) -> str:
    return str(key[0] if isinstance(key, (tuple, list)) else key)


def _is_badly_spaced(message: Message) -> bool:
    return any(_BAD_SPACE.search(text) for text in (message.text, message.plural) if text)


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or 0)
