"""`./parvis bench`: measures the rows that are named, or all, and says which bars are met."""

import json
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    conflicts,
    forged_tickets,
    opening,
    programme,
    registrations,
    relaying,
    releasing,
    waitlist,
)
from benchmarks.figure import Figure, WrongResult
from benchmarks.laboratory import Laboratory
from shared.testing.processes import ServerError

#: Every row, in the order in which they are measured.
ROWS: dict[str, Callable[[Laboratory], Figure]] = {
    "registrations-spread": registrations.spread,
    "registrations-rush": registrations.rush,
    "registrations-basket": registrations.baskets,
    "registrations-million": registrations.after_a_million,
    "waitlist-churn": waitlist.churn,
    "opening": opening.opening,
    "events-relayed": relaying.relayed,
    "release-told": releasing.released,
    "programme-page": programme.page,
    "feed-cold": programme.cold_feed,
    "feed-unchanged": programme.unchanged_feed,
    "conflict-move": conflicts.moved,
    "conflict-full": conflicts.checked,
    "forged-tickets": forged_tickets.refused,
}


def run_bench(rows: tuple[str, ...], json_file: Path | None) -> int:
    """Measure and print; return 0 when every bar is met, 1 when one is not, 2 on a fault."""
    console = Console()
    unknown = [row for row in rows if row not in ROWS]
    if unknown:
        console.print(
            f"There is no row {', '.join(unknown)}. The rows are: {', '.join(ROWS)}.",
            style="red",
            markup=False,
        )
        return 2
    try:
        figures = _measure(rows or tuple(ROWS))
    except (ServerError, WrongResult) as error:
        console.print(str(error), style="red", markup=False)
        return 2
    console.print(_table(figures))
    if json_file:
        json_file.write_text(json.dumps([figure.to_json() for figure in figures], indent=2) + "\n")
    return 0 if all(figure.is_met for figure in figures) else 1


def _measure(rows: tuple[str, ...]) -> list[Figure]:
    laboratory = Laboratory()
    try:
        return [ROWS[row](laboratory) for row in rows]
    finally:
        laboratory.close()


def _table(figures: list[Figure]) -> Table:
    table = Table(title="Parvis, each figure against its yardstick of the same run")
    table.add_column("row", no_wrap=True)
    for name in ("measured", "yardstick", "ratio", "bar"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit")
    table.add_column("", no_wrap=True)
    for figure in figures:
        table.add_row(
            figure.row,
            f"{figure.value:,.0f}",
            f"{figure.yardstick:,.0f}",
            f"{figure.ratio:.2f} ×",
            f"{figure.bar:.1f} ×",
            figure.unit,
            "[green]met[/]" if figure.is_met else "[red]missed[/]",
        )
    return table
