"""A figure: what was measured, what its yardstick gave in the same minutes, and the bar."""

from dataclasses import dataclass
from statistics import median
from typing import Any


class WrongResult(Exception):
    """What was measured did not do its work right, so that its speed means nothing."""


@dataclass(frozen=True)
class Figure:
    """One row of the table. `ratio` is what is compared with `bar`, which it must reach."""

    row: str
    value: float
    unit: str
    yardstick: float
    bar: float

    @property
    def ratio(self) -> float:
        """Return how many times the yardstick was reached."""
        return self.value / self.yardstick

    @property
    def is_met(self) -> bool:
        """Tell whether the ratio reaches the bar."""
        return self.ratio >= self.bar

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values, rounded to what can be told apart."""
        return {
            "row": self.row,
            "value": round(self.value, 1),
            "unit": self.unit,
            "yardstick": round(self.yardstick, 1),
            "ratio": round(self.ratio, 3),
            "bar": self.bar,
            "met": self.is_met,
        }


def compare(
    row: str, unit: str, bar: float, *, values: list[float], yardsticks: list[float]
) -> Figure:
    """Return the figure of several rounds: the median of each, since machines have bad moments."""
    return Figure(row, median(values), unit, median(yardsticks), bar)
