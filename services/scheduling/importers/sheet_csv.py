"""A CSV file as rows: its encoding and its separator are found out, and said.

Spreadsheets save CSV in whatever their country and age suggest: UTF-8 with or without its mark,
UTF-16, Windows-1252; semicolons where the comma is decimal. A text that was read in a wrong
encoding somewhere on its way (« mÃ©diathÃ¨que ») is refused rather than taken.
"""

import csv
import io
import re
from collections.abc import Iterator

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import Sentence
from services.scheduling.importers.given_file import (
    LARGEST_TEXT,
    GivenFile,
    Progress,
    no_progress,
)
from services.scheduling.importers.malformed import quoted
from services.scheduling.importers.sheet_columns import is_heading_row, key_of_heading
from services.scheduling.importers.sheet_grid import MOST_COLUMNS, Grid, Row, Sheet
from shared.i18n import lazy_gettext as _l

#: What a field may hold that a spreadsheet would calculate (OWASP, "CSV injection").
DANGEROUS = "=+-@\t\r\n＝＋－＠"

_SEPARATORS = (";", ",", "\t")
_SEPARATOR_NAMES = {
    ";": _l("point-virgule"),
    ",": _l("virgule"),
    "\t": _l("tabulation"),
}
#: How many rows are tried with each separator.
_HEAD = 20
#: Letters of UTF-8 that were read as Windows-1252: « Ã© » for « é », « â€™ » for « ’ ».
_TWICE = re.compile(r"[ÂÃÅâ][^\x00-\x7f]{1,2}")
#: Letters of DOS and of the old Macintosh that were read as Windows-1252: « M‚dia », « mŽdia ».
_OLD = re.compile(r"[^\W\d_][‚ˆ‡‰™ŠŽŒ][a-zà-ÿ]|[a-zà-ÿ][‚‡‰ŠŽŒ](?=\W|$)")


def read_csv(file: GivenFile, progress: Progress = no_progress) -> Grid:
    """Read a file. Raises `ImportRefused` for what cannot be read as it should."""
    text, notes = _decoded(file, _bytes(file, progress))
    found = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    separator = found[1] if found else _separator_of(text)
    notes.append(
        _l("Les colonnes sont séparées par : %(name)s.", name=_name_of_separator(separator))
    )
    return Grid(iter((Sheet("", _rows(file.name, text, separator)),)), notes)


def looks_like_a_table(head: str) -> bool:
    """Tell whether a text begins as a CSV may: with headings, or with cells on its first line."""
    if "\x00" in head[:1000]:
        return False
    rows = (row for separator in _SEPARATORS for row in _head(head, separator))
    first = head.partition("\n")[0]
    return any(map(is_heading_row, rows)) or max(map(first.count, _SEPARATORS)) >= 2


def looks_twice_encoded(text: str) -> str | None:
    """Return a piece of a text that was read in a wrong encoding on its way, as it should be."""
    for found in _TWICE.finditer(text):
        for end in (3, 2):
            try:
                meant = found[0][:end].encode("cp1252").decode("utf-8")
            except UnicodeError:
                continue
            if len(meant) == 1 and meant.isprintable():
                return found[0][:end]
    return None


def disarmed(text: str) -> str:
    """Return a text so that no spreadsheet calculates it: with an apostrophe before it."""
    return f"'{text}" if text.lstrip("'")[:1] and text.lstrip("'")[0] in DANGEROUS else text


def rearmed(text: str) -> str:
    """Return a text as it was before `disarmed`."""
    is_disarmed = text.startswith("'") and text.lstrip("'")[:1] and text.lstrip("'")[0] in DANGEROUS
    return text[1:] if is_disarmed else text


def _bytes(file: GivenFile, progress: Progress) -> bytes:
    if file.size > LARGEST_TEXT:
        raise ImportRefused(
            _l(
                "%(name)s a %(size)s Mo : un CSV de plus de %(largest)s Mo n’est pas lu.",
                name=file.name,
                size=file.size // 1024**2,
                largest=LARGEST_TEXT // 1024**2,
            )
        )
    try:
        content = file.stream.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise file.refused(error) from error
    progress(len(content), max(file.size, len(content)))
    return content


def _decoded(file: GivenFile, content: bytes) -> tuple[str, list[Sentence]]:
    encoding, name = encoding_of(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _wrong_code(file) from None
    if "\x00" in text:
        raise ImportRefused(
            _l("%(name)s n’est pas un texte : des octets nuls y sont.", name=file.name)
        )
    if piece := looks_twice_encoded(text):
        raise ImportRefused(
            _l(
                "%(name)s a été lu une fois dans un mauvais codage : on y trouve « %(piece)s » à "
                "la place d’une lettre accentuée. Repartez du fichier d’origine, enregistré en "
                "« CSV UTF-8 ».",
                name=file.name,
                piece=_around(text, piece),
            )
        )
    if "\ufffd" in text:
        raise ImportRefused(
            _l(
                "%(name)s a perdu des lettres dans un changement de codage : « %(piece)s ». "
                "Repartez du fichier d’origine, enregistré en « CSV UTF-8 ».",
                name=file.name,
                piece=_around(text, "\ufffd"),
            )
        )
    if encoding == "cp1252" and (old := _OLD.search(text)):
        raise _wrong_code(file, _around(text, old[0]))
    return text, [_l("Le texte est lu en %(encoding)s.", encoding=name)]


def encoding_of(content: bytes) -> tuple[str, str]:
    """Return Python's name of the encoding and people's."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", "UTF-8"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16", "UTF-16"
    head = content[:4096]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le", "UTF-16"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be", "UTF-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", "Windows-1252"
    return "utf-8", "UTF-8"


def _wrong_code(file: GivenFile, piece: str = "") -> ImportRefused:
    if not piece:
        return ImportRefused(
            _l(
                "%(name)s n’est ni en UTF-8, ni en UTF-16, ni en Windows-1252 : enregistrez-le en "
                "« CSV UTF-8 ».",
                name=file.name,
            )
        )
    return ImportRefused(
        _l(
            "%(name)s n’est ni en UTF-8, ni en UTF-16, ni en Windows-1252 : on y lirait "
            "« %(piece)s ». Enregistrez-le en « CSV UTF-8 ».",
            name=file.name,
            piece=piece,
        )
    )


def _around(text: str, piece: str) -> str:
    """Return the word in which a piece stands."""
    place = text.index(piece)
    before = re.search(r"[^\s;,\"]*$", text[max(0, place - 20) : place])
    after = re.match(r"[^\s;,\"]*", text[place + len(piece) : place + len(piece) + 20])
    return quoted((before[0] if before else "") + piece + (after[0] if after else ""))


def _separator_of(text: str) -> str:
    """Return the separator with which the most headings are known, else the most frequent."""

    def known(separator: str) -> tuple[int, int]:
        best = 0
        for row in _head(text, separator):
            if is_heading_row(row):
                best = max(best, len({key_of_heading(value) for value in row} - {None}))
        return best, text[:4096].count(separator)

    return max(_SEPARATORS, key=known)


def _head(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator)
    try:
        for _number, row in zip(range(_HEAD), reader, strict=False):
            yield row
    except csv.Error:
        return


def _rows(name: str, text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if number == 1 and re.fullmatch(r"sep=.?", row[0] if row else "", re.IGNORECASE):
                continue
            yield number, tuple(rearmed(value) for value in row[:MOST_COLUMNS])
    except csv.Error:
        raise ImportRefused(
            _l(
                "%(name)s n’est pas un CSV bien formé : un guillemet est ouvert ou fermé de "
                "travers après la ligne %(line)s.",
                name=name,
                line=number,
            )
        ) from None


def _name_of_separator(separator: str) -> Sentence:
    return _SEPARATOR_NAMES.get(separator, separator)
