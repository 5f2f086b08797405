"""Nothing yields inside the write gate: a greenthread that did would stall the whole process."""

import json
import subprocess
import sys

from tests.system.installation import ROOT


def test_nothing_yields_while_it_holds_the_write_gate(tmp_path):
    probe = subprocess.run(
        [sys.executable, "-m", "tests.system.gate_probe", str(tmp_path / "data")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )

    assert probe.returncode == 0, probe.stderr
    seen = json.loads(probe.stdout.splitlines()[-1])
    assert seen["yielded"] == [], "".join(seen["yielded"])
    assert seen["registrations"] > 10
    assert seen["entered"] > 100
