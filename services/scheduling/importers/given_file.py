"""The file that is given, on disk or uploaded: opened once, of a sane size, whatever is in it."""

import io
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.scheduling.domain.importing import ImportRefused
from shared.i18n import lazy_gettext as _l

#: The largest file that is read piece by piece, in bytes. The largest real schedules have 5 MB.
LARGEST_FILE = 100 * 1024 * 1024
#: The largest file that is held in memory as a whole, in bytes.
LARGEST_TEXT = 32 * 1024 * 1024
#: How many records one file may have.
MOST_RECORDS = 50_000

#: Is told how many bytes are read, and of how many.
Progress = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class GivenFile:
    """An open file: what to call it in a sentence, how many bytes it has, and its bytes."""

    name: str
    size: int
    stream: IO[bytes]

    def refused(self, error: Exception) -> ImportRefused:
        """Return the refusal of a file that could not be read."""
        why = getattr(error, "strerror", None) or error
        return ImportRefused(_l("%(name)s ne peut être lu : %(why)s.", name=self.name, why=why))


#: A path, the bytes of an upload, or what `open_given` made of either.
Given = Path | bytes | GivenFile


@contextmanager
def open_given(given: Given, name: str | None = None) -> Iterator[GivenFile]:
    """Open a file. Raises `ImportRefused` for what is no file of a sane size."""
    if isinstance(given, GivenFile):
        yield given
    elif isinstance(given, bytes):
        called = name or "upload"
        _check_size(called, len(given))
        yield GivenFile(called, len(given), io.BytesIO(given))
    else:
        called = name or str(given)
        stream, size = _opened(given, called)
        with stream:
            yield GivenFile(called, size, stream)


def read_text(file: GivenFile, progress: Progress = no_progress) -> str:
    """Return a whole file as text. Raises `ImportRefused` when it is too large or not UTF-8."""
    if file.size > LARGEST_TEXT:
        raise _too_large(file.name, file.size, LARGEST_TEXT)
    chunks = []
    done = 0
    while True:
        try:
            chunk = file.stream.read(1024 * 1024)
        except OSError as error:
            raise file.refused(error) from error
        if not chunk:
            break
        chunks.append(chunk)
        done += len(chunk)
        if done > LARGEST_TEXT:
            raise ImportRefused(_l("%(name)s grandit pendant qu’on le lit.", name=file.name))
        progress(done, max(file.size, done))
    try:
        return b"".join(chunks).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            _l(
                "%(name)s n’est pas en UTF-8 : l’octet %(place)s n’est d’aucune lettre.",
                name=file.name,
                place=error.start + 1,
            )
        ) from None


def _opened(path: Path, name: str) -> tuple[IO[bytes], int]:
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise ImportRefused(_l("%(name)s est un dossier, pas un fichier.", name=name))
        if not stat.S_ISREG(facts.st_mode):
            raise ImportRefused(_l("%(name)s n’est pas un fichier ordinaire.", name=name))
        _check_size(name, facts.st_size)
        return path.open("rb"), facts.st_size
    except FileNotFoundError:
        raise ImportRefused(_l("%(name)s n’existe pas.", name=name)) from None
    except (OSError, ValueError) as error:
        raise GivenFile(name, 0, io.BytesIO()).refused(error) from error


def _check_size(name: str, size: int) -> None:
    if size == 0:
        raise ImportRefused(_l("%(name)s est vide.", name=name))
    if size > LARGEST_FILE:
        raise _too_large(name, size, LARGEST_FILE)


def _too_large(name: str, size: int, largest: int) -> ImportRefused:
    return ImportRefused(
        _l(
            "%(name)s a %(size)s Mo : un programme de plus de %(largest)s Mo n’est pas lu.",
            name=name,
            size=size // 1024**2,
            largest=largest // 1024**2,
        )
    )
