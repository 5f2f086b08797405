"""Looking into an XLSX file before it is read: it is a ZIP of XML, from anywhere.

Everything in it is unpacked once, piece by piece, and counted, so that no bomb (a few kilobytes
that unpack to gigabytes, entities, a million attributes) reaches the library that reads it.
"""

import re
import zipfile
from dataclasses import dataclass
from typing import IO

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.given_file import GivenFile
from shared.i18n import lazy_gettext as _l

#: The most bytes that the sheets unpack to, all together, and any other part alone.
LARGEST_SHEETS = 300 * 1024 * 1024
LARGEST_PART = 64 * 1024 * 1024
#: How many parts there may be.
MOST_PARTS = 2_000
#: How many bytes may come without an element beginning, and without a row ending in a sheet.
LONGEST_STRETCH = 1024 * 1024
LONGEST_ROW = 16 * 1024 * 1024

_PIECE = 64 * 1024
_FORMULA = re.compile(rb"<(\w+:)?f[\s/>]")
_DEFINITION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Inside:
    """What was seen: how many bytes it unpacks to, and whether there are formulas."""

    size: int
    has_formulas: bool


def look_inside(file: GivenFile) -> Inside:
    """Unpack everything that is XML, counting. Raises `ImportRefused` for what is not sane."""
    try:
        with zipfile.ZipFile(file.stream) as archive:
            return _look(file, archive)
    except ImportRefused:
        raise
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        raise _broken(file) from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        raise _broken(file) from None
    finally:
        file.stream.seek(0)


def _look(file: GivenFile, archive: zipfile.ZipFile) -> Inside:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names and "content.xml" in names:
        raise ImportRefused(
            _l(
                "%(name)s est un tableur OpenDocument (ODS) : enregistrez-le en XLSX ou en CSV.",
                name=file.name,
            )
        )
    if "xl/workbook.xml" not in {name.lower() for name in names}:
        raise ImportRefused(_l("%(name)s est une archive, et non un tableur XLSX.", name=file.name))
    if len(parts) > MOST_PARTS or len(names) != len(parts):
        raise _broken(file)
    sheets = other = 0
    has_formulas = False
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        is_sheet = part.filename.lower().startswith("xl/worksheets/sheet")
        with archive.open(part) as stream:
            room = LARGEST_SHEETS - sheets if is_sheet else LARGEST_PART
            size, found = _scan(file, stream, room, is_sheet=is_sheet)
        sheets, other = (sheets + size, other) if is_sheet else (sheets, other + size)
        has_formulas = has_formulas or found
    return Inside(sheets + other, has_formulas)


def _scan(file: GivenFile, stream: IO[bytes], room: int, *, is_sheet: bool) -> tuple[int, bool]:
    """Return the size of a part, and whether it has formulas."""
    size = stretch = row = 0
    has_formulas = False
    tail = b""
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size == len(piece) and (
            b"\x00" in piece[:64] or piece[:2] in (b"\xff\xfe", b"\xfe\xff")
        ):
            raise _broken(file)  # XML in UTF-16, in which nothing here would be found
        seen = tail + piece
        if _DEFINITION.search(seen):
            raise ImportRefused(
                _l(
                    "%(name)s contient une définition de type de document (DTD), qu’aucun tableur "
                    "n’écrit : il n’est pas lu.",
                    name=file.name,
                )
            )
        last = piece.rfind(b"<")
        stretch = len(piece) - last if last >= 0 else stretch + len(piece)
        last = seen.rfind(b"row>") if is_sheet else 0
        row = len(seen) - last if last >= 0 else row + len(piece)
        if size > room or stretch > LONGEST_STRETCH or (is_sheet and row > LONGEST_ROW):
            raise ImportRefused(
                _l(
                    "%(name)s est trop grand une fois décompressé : un tableur de plus de "
                    "%(largest)s Mo n’est pas lu.",
                    name=file.name,
                    largest=LARGEST_SHEETS // 1024**2,
                )
            )
        has_formulas = has_formulas or (is_sheet and _FORMULA.search(seen) is not None)
        tail = piece[-16:]
    return size, has_formulas


def _broken(file: GivenFile) -> ImportRefused:
    return ImportRefused(
        _l(
            "%(name)s ne s’ouvre pas comme un tableur XLSX : il est abîmé, ou protégé par un mot "
            "de passe.",
            name=file.name,
        )
    )
