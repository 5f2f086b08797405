"""The process that sets one document: `python -m shared.pdf_process`, a job in, a PDF out."""

import json
import sys
from pathlib import Path
from typing import Any

import typst

from shared.pdf import FONTS, ROOT


def set_document(template: Path, facts: Any) -> bytes:
    """Return a document as tagged PDF (PDF/UA-1, ISO 14289-1), with no fonts but ours.

    Typst refuses what the standard forbids: an image without words, headings that skip a level.
    """
    document = typst.compile(
        str(template),
        root=str(ROOT),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(facts)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    if not isinstance(document, bytes):  # typst gives a list of pages for other formats
        raise TypeError("one document was expected")
    return document


def main() -> int:
    """Read a job from standard input and write the document to standard output."""
    job = json.load(sys.stdin)
    try:
        document = set_document(Path(job["template"]), job["facts"])
    except RuntimeError as error:  # typst.TypstError: what is wrong with the template
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
