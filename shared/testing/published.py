"""Published files that some tests read: real programmes, which are no part of the repository."""

import os
from pathlib import Path

#: Names the folder of the files, where it is not `../shared/data` beside the repository.
VARIABLE = "PARVIS_TEST_DATA"

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def published_folder() -> Path | None:
    """Return the folder of the published files, or `None` where there is none.

    A folder that the environment names is returned as it is: tests fail when it lacks a file.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return _BESIDE if _BESIDE.is_dir() else None


def published_file(name: str) -> Path:
    """Return the path of a published file; its test is marked `published`."""
    return (published_folder() or _BESIDE) / name
