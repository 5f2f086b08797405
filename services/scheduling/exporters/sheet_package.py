"""A workbook as bytes, the same for the same content: no file says when it was made."""

import io
import re
import zipfile
from typing import Any

_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(book: Any) -> bytes:
    """Return a workbook of openpyxl as the bytes of a file, without the time of its writing."""
    written = io.BytesIO()
    book.save(written)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "docProps/core.xml":
                content = _WHEN.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            target.writestr(zipfile.ZipInfo(part.filename, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
