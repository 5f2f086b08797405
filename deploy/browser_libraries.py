"""The libraries of the pages that come from npm, put where the pages serve their files.

They are pinned in `package.json` and its lock; nothing of them is in the repository.
`python -m deploy.browser_libraries` puts them there; the commands that need them do so themselves.
"""

import hashlib
import shutil
from pathlib import Path

from shared.npm import npm_package

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "package-lock.json"
STATIC = ROOT / "services" / "scheduling" / "pages" / "static"

#: The files of each library that are served, and its licence.
LIBRARIES = {"leaflet": ("dist/leaflet.js", "dist/leaflet.css", "LICENSE")}

#: Beside the files, which lock they were installed by.
STAMP = ".lock-sha256"


def put_browser_libraries() -> None:
    """Put the libraries in place unless they are there, as the lock file has them.

    An image has no lock file: its libraries were put in place when it was built. Raises
    `shared.npm.NpmError`.
    """
    if not LOCK.exists():
        return
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    for name, files in LIBRARIES.items():
        folder = STATIC / name
        stamp = folder / STAMP
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        package = npm_package(name)
        folder.mkdir(exist_ok=True)
        for file in files:
            shutil.copyfile(package / file, folder / Path(file).name)
        stamp.write_text(wanted)


if __name__ == "__main__":
    put_browser_libraries()
