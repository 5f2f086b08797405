"""Translation, inside a request and outside: catalogues are read as they are written (.po)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

#: The languages that a reader can choose, the one the code is written in first.
LOCALES = ("fr", "en")
DEFAULT_LOCALE = "fr"

#: The package whose words every other one shares.
SHARED_PACKAGE = "shared.web"


@dataclass(frozen=True)
class Translator:
    """One language as one package speaks it; what the catalogue lacks stays in French."""

    locale: str
    messages: Mapping[str, tuple[str, ...]]
    plural_index: Callable[[int], int]

    def gettext(self, message: str, **variables: Any) -> str:
        """Translate a message; `%(name)s` in it is replaced when variables are given."""
        text = self.messages.get(message, (message,))[0]
        return text % variables if variables else text

    def ngettext(self, singular: str, plural: str, n: int, **variables: Any) -> str:
        """Translate a message that counts `n` things; `%(n)s` and `%(num)s` are the number."""
        return self.plural(singular, plural, n) % {"n": n, "num": n, **variables}

    def plural(self, singular: str, plural: str, n: int) -> str:
        """Translate a message that counts `n` things, and leave what is to be filled in."""
        forms = self.messages.get(singular)
        text = forms[self.plural_index(n)] if forms and len(forms) > 1 else None
        if text is None:
            text = singular if n < 2 else plural
        return text


@cache
def translator(package: str, locale: str) -> Translator:
    """Return the translator for a package (`services.notifications`) and a locale (`en`).

    A locale that is not one of `LOCALES` gives French.
    """
    chosen = locale if locale in LOCALES else DEFAULT_LOCALE
    messages: dict[str, tuple[str, ...]] = {}
    plural_index: Callable[[int], int] = _french_plural
    for source in dict.fromkeys((SHARED_PACKAGE, package)):
        path = catalogue_path(source, chosen)
        if path.exists():
            found, plural_index = _read(path, chosen)
            messages |= found
    return Translator(chosen, messages, plural_index)


def catalogue_path(package: str, locale: str) -> Path:
    """Return where a package's catalogue for a locale is, or would be."""
    return package_folder(package) / "translations" / locale / "LC_MESSAGES" / "messages.po"


def package_folder(package: str) -> Path:
    """Return the folder of an importable package; raises `ModuleNotFoundError`."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0])


def _read(path: Path, locale: str) -> tuple[dict[str, tuple[str, ...]], Callable[[int], int]]:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        key = message.id[0] if isinstance(message.id, list | tuple) else message.id
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if all(forms):
            messages[str(key)] = tuple(str(form) for form in forms)
    return messages, _plural_of(locale)


def _plural_of(locale: str) -> Callable[[int], int]:
    return _french_plural if locale == "fr" else _english_plural


def _french_plural(n: int) -> int:
    return int(n > 1)


def _english_plural(n: int) -> int:
    return int(n != 1)


_current: ContextVar[Translator | None] = ContextVar("translator", default=None)


def current_translator() -> Translator:
    """Return the translator of what is being done now: the request's, else French."""
    return _current.get() or translator(SHARED_PACKAGE, DEFAULT_LOCALE)


def current_locale() -> str:
    """Return the locale of what is being done now: `fr` or `en`."""
    return current_translator().locale


def use(chosen: Translator) -> None:
    """Speak through this translator until another is chosen (a web request does at its start)."""
    _current.set(chosen)


@contextmanager
def speaking(chosen: Translator) -> Iterator[Translator]:
    """Do the block in one language, such as writing a mail for its reader."""
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)


def gettext(message: str, **variables: Any) -> str:
    """Translate a message into the current language."""
    return current_translator().gettext(message, **variables)


def ngettext(singular: str, plural: str, n: int, **variables: Any) -> str:
    """Translate a message that counts `n` things into the current language."""
    return current_translator().ngettext(singular, plural, n, **variables)
