"""`parvis conflicts`: what stands in the way of an edition's sessions, as a table or as JSON."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.scheduling.domain.conflicts import LEVELS, Conflict, check_edition
from services.scheduling.domain.conflicts.rules import RULES
from services.scheduling.domain.touring.parties import person_acting
from services.scheduling.models import Edition
from shared.context import ServiceContext
from shared.i18n import speaking, translator

DONE, UNKNOWN = 0, 1

_STYLES = {"blocks": "bold red", "warns": "yellow", "informs": "cyan"}


def run_conflicts(
    context: ServiceContext,
    slug: str,
    json_file: Path | None = None,
    lang: str = "en",
    *,
    console: Console | None = None,
) -> int:
    """Check an edition, print what was found and write it to `json_file`.

    Returns the exit status: 0 when the edition was checked, whatever was found; 1 when there is no
    such edition. Conflicts that were accepted are told with who did. `context` is scheduling's.
    """
    shown = console or Console()
    try:
        with context.database.read() as db:
            edition_id = db.scalar(select(Edition.id).where(Edition.slug == slug))
            operator = person_acting(db, None)
            found = (
                check_edition(db, edition_id, now=context.clock(), viewer=operator)
                if edition_id
                else None
            )
    except DBAPIError:
        words = "Scheduling's database does not answer or is not migrated: run ./parvis migrate."
        shown.print(Text(words, style="bold red"), soft_wrap=True)
        return UNKNOWN
    if found is None:
        shown.print(Text(f"There is no edition {slug}.", style="bold red"), soft_wrap=True)
        return UNKNOWN
    with speaking(translator("services.scheduling", lang)):
        if json_file:
            rows = [conflict_row(conflict) for conflict in found]
            json_file.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", "utf-8")
        _print(shown, found)
    return DONE


def conflict_row(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict as JSON values, its sentence in the current language."""
    accepted = conflict.accepted
    return {
        "kind": conflict.kind,
        "level": conflict.level,
        "sessions": [str(each) for each in conflict.sessions],
        "stops": [str(each) for each in conflict.stops],
        "sentence": str(conflict.sentence),
        "key": conflict.key,
        "accepted": accepted
        and {"by": accepted.by, "at": accepted.at.isoformat(), "note": accepted.note},
    }


def _print(console: Console, found: Sequence[Conflict]) -> None:
    if not found:
        console.print("No conflicts.")
        return
    for conflict in found:
        line = Text(f"{conflict.level} ", style=_STYLES[conflict.level])
        line.append(str(conflict.sentence), style="dim" if conflict.accepted else "default")
        console.print(line, soft_wrap=True)
    console.print(_counts(found))


def _counts(found: Sequence[Conflict]) -> Table:
    counted = Counter((conflict.kind, conflict.level) for conflict in found)
    kinds = {kind for kind, _level in counted}
    table = Table("")
    for level in LEVELS:
        table.add_column(level, justify="right")
    for kind in sorted(kinds):
        numbers = (counted[kind, level] for level in LEVELS)
        table.add_row(str(RULES[kind].label), *(str(number or "") for number in numbers))
    return table
