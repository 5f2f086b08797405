"""What the image holds of this repository: the folders that deploy/Dockerfile copies, less some.

Processes that start in such a copy show that nothing they need was left out of the image.
"""

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"

_COPY = re.compile(r"^COPY ([\w.-]+) ([\w.-]+)$", re.MULTILINE)
_SETTING = re.compile(r"^(?:ENV| {3}) (\w+)=(\S+)", re.MULTILINE)


def copied_folders() -> dict[str, str]:
    """Return where the Dockerfile puts each folder, by its name here."""
    return dict(_COPY.findall(DOCKERFILE.read_text()))


def settings() -> dict[str, str]:
    """Return the environment that the image gives its processes."""
    return dict(_SETTING.findall(DOCKERFILE.read_text()))


def ignored_patterns() -> list[str]:
    """Return what .dockerignore keeps out of the image."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_ignored(path: str) -> bool:
    """Tell whether .dockerignore keeps a path of the repository, or a folder above it, out."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for pattern in ignored_patterns():
        name = pattern.removeprefix("**/")
        tried = [part.rpartition("/")[2] for part in above] if name != pattern else above
        if any(fnmatch(one, name) for one in tried):
            return True
    return False


def copy_to(folder: Path) -> Path:
    """Copy into a folder what the image holds, and return it."""
    for source, target in copied_folders().items():

        def left_out(directory: str, names: list[str]) -> set[str]:
            inside = Path(directory).relative_to(ROOT)
            return {name for name in names if is_ignored((inside / name).as_posix())}

        shutil.copytree(ROOT / source, folder / target, ignore=left_out)
    return folder
