"""Tests of one installation stay in one process of the test run, so that it starts once."""

import re
import subprocess
import sys

_GROUPED = """
import os
import pytest

pytestmark = pytest.mark.xdist_group("installation")

@pytest.mark.parametrize("number", range(8))
def test_runs(number):
    print("\\nby", os.environ["PYTEST_XDIST_WORKER"])
"""


def test_tests_of_one_group_run_in_one_process(tmp_path):
    (tmp_path / "test_grouped.py").write_text(_GROUPED)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-n", "2", "--dist=loadgroup", "-rP"),
            *("-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    ran = re.findall(r"^by (\w+)$", done.stdout, re.MULTILINE)
    assert (len(ran), len(set(ran))) == (8, 1), done.stdout
