"""What `./parvis bench` says of its figures; nothing is timed here."""

import json

import pytest

from benchmarks import bench
from benchmarks.figure import Figure, WrongResult, compare


@pytest.fixture
def rows(monkeypatch):
    """Replace the rows by some whose figures are known."""
    known = {
        "good": lambda _: compare("good", "x/s", 1.0, values=[3, 2, 9], yardsticks=[2, 2, 2, 7]),
        "slow": lambda _: Figure("slow", 1.0, "x/s", 4.0, 0.9),
    }
    monkeypatch.setattr(bench, "ROWS", known)
    return known


def test_a_row_that_does_not_exist_is_named_with_those_that_do(rows, capsys):
    assert bench.run_bench(("god",), None) == 2
    assert "There is no row god. The rows are: good, slow." in capsys.readouterr().out


def test_figures_are_written_with_their_yardsticks(rows, tmp_path):
    file = tmp_path / "figures.json"
    assert bench.run_bench((), file) == 1
    assert json.loads(file.read_text()) == [
        {"row": "good", "value": 3, "unit": "x/s", "yardstick": 2.0, "ratio": 1.5, "bar": 1.0,
         "met": True},
        {"row": "slow", "value": 1.0, "unit": "x/s", "yardstick": 4.0, "ratio": 0.25, "bar": 0.9,
         "met": False},
    ]  # fmt: skip


def test_only_the_rows_that_are_named_are_measured(rows, capsys):
    assert bench.run_bench(("good",), None) == 0
    printed = capsys.readouterr().out
    assert "1.50 ×" in printed
    assert "slow" not in printed


def test_a_wrong_result_is_no_figure(rows, capsys):
    def oversold(_laboratory):
        raise WrongResult("the seats taken in 1 sessions are not those booked")

    rows["good"] = oversold
    assert bench.run_bench(("good",), None) == 2
    assert "not those booked" in capsys.readouterr().out
