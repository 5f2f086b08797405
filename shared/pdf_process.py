"""The process that sets one document: `python -m shared.pdf_process`, a job in, a PDF out."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import typst

from shared.pdf import FONTS, ROOT

#: What stands for a character that no font of ours has: somebody's name in ideograms, an emoji.
STAND_IN = "□"

#: How often a document is set again without the characters that it was refused for. Typst names one
#: at a time; beyond, whatever is not Latin or punctuation goes.
_MOST_ATTEMPTS = 20

_NOT_DISPLAYED = re.compile(r'the text `?"(.+?)"`? could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_RARE = re.compile("[^\u0000-\u024f\u2000-\u206f\u20ac\u25a1]")


def set_readable(template: Path, facts: Any) -> bytes:
    """Return a document as `set_document` does, with `STAND_IN` for what our fonts cannot show.

    PDF/UA-1 forbids a character without a glyph: a name would otherwise cost its owner the ticket.
    """
    for _attempt in range(_MOST_ATTEMPTS):
        try:
            return set_document(template, facts)
        except RuntimeError as error:
            refused = _NOT_DISPLAYED.search(str(error))
            if refused is None:
                raise
            text = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), refused[1])
            rare = "".join(_RARE.findall(text))
            if not rare:
                break
            facts = _replaced(facts, re.compile(f"[{re.escape(rare)}]"))
    return set_document(template, _replaced(facts, _RARE))


def _replaced(facts: Any, unshown: re.Pattern[str]) -> Any:
    """Return JSON values with the stand-in for each such character of their texts."""
    if isinstance(facts, str):
        return unshown.sub(STAND_IN, facts)
    if isinstance(facts, list):
        return [_replaced(each, unshown) for each in facts]
    if isinstance(facts, dict):
        return {name: _replaced(each, unshown) for name, each in facts.items()}
    return facts


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
        document = set_readable(Path(job["template"]), job["facts"])
    except RuntimeError as error:  # typst.TypstError: what is wrong with the template
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
