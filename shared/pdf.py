"""PDFs: a Typst template and the facts that it shows, set in a process of its own.

A template has no words of its own and no rule: what it prints is `json(bytes(sys.inputs.data))`. It
imports `/shared/print/parvis.typ`, and finds the site's fonts in `shared/print/fonts`. What people
wrote comes in as data and is never read as markup.

Setting a page takes half a second of one processor: a process of its own keeps it away from a web
process's other requests, and from the one loop of the embedded mode.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "shared" / "print" / "fonts"

#: Seconds after which a document is given up.
PATIENCE = 30


class NoPdf(Exception):
    """The document could not be set; the reason is in the message, without what it says."""


def write_pdf(template: Path, facts: Mapping[str, Any]) -> bytes:
    """Return a document as PDF; `facts` are JSON values. Raises `NoPdf`.

    The same facts give the same octets.
    """
    job = json.dumps({"template": str(template), "facts": facts})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shared.pdf_process"],
            cwd=ROOT,
            input=job.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoPdf(f"{template.name} took more than {PATIENCE} s") from None
    if done.returncode:
        raise NoPdf(f"{template.name}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout
