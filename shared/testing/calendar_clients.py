"""Programs that people subscribe with: vdirsyncer fetches a feed, khal shows what it fetched."""

import os
import subprocess
import sys
from pathlib import Path

_VDIRSYNCER = """
[general]
status_path = "{work}/status/"

[pair feed]
a = "published"
b = "kept"
collections = null
conflict_resolution = "a wins"

[storage published]
type = "http"
url = "{url}"

[storage kept]
type = "filesystem"
path = "{work}/entries/"
fileext = ".ics"
"""

_KHAL = """
[calendars]
[[feed]]
path = {entries}
readonly = True

[sqlite]
path = {work}/khal.sqlite

[locale]
default_timezone = {zone}
local_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


def sync_with_vdirsyncer(url: str, tmp_path: Path) -> Path:
    """Fetch a feed as a subscriber does; return the folder with one file for each entry.

    Synchronised again with the same `tmp_path`, it takes up what changed. vdirsyncer replaces UIDs
    by hashes of the content. Raises `AssertionError` with its output when it fails.
    """
    work = tmp_path / "vdirsyncer"
    (work / "entries").mkdir(parents=True, exist_ok=True)
    configuration = work / "config"
    configuration.write_text(_VDIRSYNCER.format(work=work, url=url))
    for command in ("discover", "sync"):
        _run(["vdirsyncer", "-c", str(configuration), command], home=work)
    return work / "entries"


def khal_list(
    entries: Path,
    tmp_path: Path,
    *,
    start: str,
    end: str,
    line: str = "{start-long}|{end-long}|{title}|{location}|{status}",
    time_zone: str = "Europe/Paris",
) -> list[str]:
    """Return khal's lines for the entries of a folder from `start` to `end` (`YYYY-MM-DD`).

    `line` is khal's own format (`khal list --help`). Every entry comes once, on its first day.
    """
    work = tmp_path / "khal"
    work.mkdir(parents=True, exist_ok=True)
    configuration = work / "config"
    configuration.write_text(_KHAL.format(work=work, entries=entries, zone=time_zone))
    output = _run(
        [
            "khal",
            "-c",
            str(configuration),
            "list",
            "--once",
            "--day-format",
            "",
            "--format",
            line,
            start,
            end,
        ],
        home=work,
    )
    return [line.strip() for line in output.splitlines() if line.strip()]


def _run(command: list[str], *, home: Path) -> str:
    """Run a program of this environment with a home, and no settings, of its own."""
    program = Path(sys.executable).with_name(command[0])
    environ = {
        "HOME": str(home),
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "*",
        "XDG_CONFIG_HOME": str(home / "xdg"),
    }
    done = subprocess.run(  # noqa: S603 -- a program of our own environment, without a shell
        [str(program), *command[1:]],
        env=environ,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}")
    return done.stdout
