"""An XLSX file from anywhere is looked into before it is read: bombs and wrecks are refused."""

import io
import zipfile
from collections.abc import Callable

import pytest

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers import read_programme, safe_xlsx
from tests.services.scheduling.sheets import HEADINGS, ROW, xlsx_sheet
from tests.services.scheduling.told import refusal_of

GOOD = xlsx_sheet(HEADINGS, ROW)
SHEET = "xl/worksheets/sheet1.xml"
BROKEN = "p.xlsx does not open as an XLSX sheet: it is damaged, or has a password."
TOO_LARGE = "p.xlsx is too large once it is unpacked: a sheet of more than 300 MB is not read."


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the good workbook with one of its parts changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, change(content) if name == part else content)
    return target.getvalue()


def archive_of(**parts: str) -> bytes:
    """Return an archive that is no workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def in_rows(text: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", text + b"</sheetData>")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04" + bytes(200), BROKEN),
        (GOOD[: len(GOOD) // 2], BROKEN),
        (changed(SHEET, lambda content: content.decode().encode("utf-16")), BROKEN),
        (
            changed(SHEET, lambda content: content[: len(content) // 2]),
            "p.xlsx does not read as an XLSX sheet: save it again from your spreadsheet.",
        ),
        (
            changed(SHEET, lambda content: b'<!DOCTYPE a [<!ENTITY e "ha">]>' + content),
            "p.xlsx has a document type definition (DTD), which no spreadsheet writes: it is not "
            "read.",
        ),
        (changed(SHEET, in_rows(b"<row>" + b" " * 2_000_000 + b"</row>")), TOO_LARGE),
        (changed(SHEET, in_rows(b"<row>" + b"<c/>" * 5_000_000 + b"</row>")), TOO_LARGE),
        (changed("xl/styles.xml", lambda content: content + b"<a/>" * 20_000_000), TOO_LARGE),
        (archive_of(a_txt="a"), "p.xlsx is an archive, not an XLSX sheet."),
        (
            archive_of(mimetype="a", content_xml="<a/>"),
            "p.xlsx is an OpenDocument spreadsheet (ODS): save it as XLSX or CSV.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "p.xlsx is a file of an old Excel, or one with a password: save it as XLSX, without a "
            "password.",
        ),
    ],
    ids=[
        "zeros",
        "half an archive",
        "UTF-16",
        "half a sheet",
        "entities",
        "a gap",
        "an endless row",
        "endless styles",
        "an archive",
        "ODS",
        "old Excel",
    ],
)
def test_what_is_no_sane_workbook_is_refused_with_a_sentence(content, why):
    with pytest.raises(ImportRefused) as refusal:
        read_programme(content, "fds-2026", name="p.xlsx")
    assert refusal_of(refusal.value) == why


def test_sheets_that_unpack_to_too_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(safe_xlsx, "LARGEST_SHEETS", 5_000)
    rows = b"<row></row>" * 1_000
    with pytest.raises(ImportRefused, match="décompressé"):
        read_programme(changed(SHEET, in_rows(rows)), "fds-2026", name="p.xlsx")
