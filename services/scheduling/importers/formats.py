"""Which format a file is in: its content decides, never its name."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.domain.programme import Programme
from services.scheduling.importers.frab import read_frab, read_pretalx
from services.scheduling.importers.given_file import (
    Given,
    GivenFile,
    Progress,
    no_progress,
    open_given,
)
from services.scheduling.importers.ics import read_calendar
from services.scheduling.importers.openagenda import read_openagenda
from services.scheduling.importers.sheet_csv import encoding_of, looks_like_a_table
from services.scheduling.importers.sheet_sessions import KnownEdition
from services.scheduling.importers.sheet_words import category_choices
from services.scheduling.importers.sheets import read_sheet
from shared.contracts.party_categories import USUAL_CATEGORIES
from shared.i18n import lazy_gettext as _l

#: How many bytes are looked at.
_HEAD = 64 * 1024


class Reader(Protocol):
    """What reads one format; see `read_programme`."""

    def __call__(
        self, given: Given, edition_slug: str, *, known_zone: str | None, progress: Progress
    ) -> Programme: ...


def read_programme(
    given: Given,
    edition_slug: str,
    *,
    name: str | None = None,
    known_zone: str | None = None,
    known_days: tuple[date, date] | None = None,
    known_categories: Sequence[Mapping[str, Any]] = USUAL_CATEGORIES,
    progress: Progress = no_progress,
) -> Programme:
    """Read a file of any known format as the programme of the edition `edition_slug`.

    `given` is a path, or the bytes of an upload, which is called `name` in sentences. `known_zone`
    is the time zone of an edition that exists, for a file that names none, `known_days` its first
    and its last, `known_categories` whom it counts; `progress` is told how much is read, and of how
    much. A record that cannot be taken is a rejection of the programme. Raises `ImportRefused`,
    with one sentence, when the file as a whole cannot be read.
    """
    with open_given(given, name) as file:
        read = _reader_of(file)
        if read is read_sheet:
            known = None
            if known_days and known_zone:
                people = category_choices(known_categories)
                known = KnownEdition(*known_days, known_zone, people)
            return read_sheet(
                file, edition_slug, known_zone=known_zone, known_edition=known, progress=progress
            )
        return read(file, edition_slug, known_zone=known_zone, progress=progress)


def _reader_of(file: GivenFile) -> Reader:
    try:
        head = file.stream.read(_HEAD)
        file.stream.seek(0)
    except OSError as error:
        raise file.refused(error) from error
    if head.startswith(_OLD_OFFICE):
        raise ImportRefused(
            _l(
                "%(name)s est un ancien fichier d’Excel, ou un fichier protégé par un mot de "
                "passe : enregistrez-le en XLSX, sans mot de passe.",
                name=file.name,
            )
        )
    if head.startswith(_ARCHIVE):
        return read_sheet
    for recognises, reader in _READERS:
        if recognises(_text(head)):
            return reader
    raise ImportRefused(
        _l(
            "%(name)s n’est aucun des programmes qui se lisent : tableur XLSX ou CSV, XML ou JSON "
            "d’un planning (frab, pretalx), JSON d’OpenAgenda, iCalendar.",
            name=file.name,
        )
    )


def _text(head: bytes) -> str:
    """Return the beginning of a file as text, without what may stand before it."""
    encoding = encoding_of(head)[0]
    if not encoding.startswith("utf-16"):
        encoding = "utf-8"
    return head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")


def _is_xml(head: str) -> bool:
    return head.startswith("<")


def _is_calendar(head: str) -> bool:
    return head[:15].upper() == "BEGIN:VCALENDAR"


def _is_schedule(head: str) -> bool:
    return head.startswith("{") and re.search(r'"(schedule|conference)"\s*:\s*\{', head) is not None


def _is_agenda(head: str) -> bool:
    return head.startswith(("{", "["))


#: How the files of Excel 97 to 2003 begin, and those that are encrypted.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: How archives begin, as XLSX files are.
_ARCHIVE = b"PK\x03\x04"

_READERS: tuple[tuple[Callable[[str], bool], Reader], ...] = (
    (_is_xml, read_frab),
    (_is_calendar, read_calendar),
    (_is_schedule, read_pretalx),
    (_is_agenda, read_openagenda),
    (looks_like_a_table, read_sheet),
)
