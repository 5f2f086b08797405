"""A process of its own for one export: `python -m services.scheduling.export_process SLUG FORMAT`.

The file goes to standard output. It needs `SCHEDULING_DATABASE_URL` and `PUBLIC_URL`.
"""

import os
import sys

from services.scheduling.exporters import format_named
from services.scheduling.exporting import write_export
from shared.context import build_context
from shared.i18n import DEFAULT_LOCALE
from shared.settings import read_settings


def main(slug: str, name: str, *, drafts: bool, locale: str) -> int:
    """Write an edition to standard output; return the exit status."""
    chosen = format_named(name)
    if chosen is None:
        return 1
    context = build_context(read_settings("scheduling", os.environ))
    try:
        sys.stdout.buffer.write(write_export(context, slug, chosen, drafts=drafts, locale=locale))
    finally:
        context.database.dispose()
    return 0


if __name__ == "__main__":
    options = sys.argv[3:]
    locale = "en" if "--locale=en" in options else DEFAULT_LOCALE
    sys.exit(main(sys.argv[1], sys.argv[2], drafts="--drafts" in options, locale=locale))
