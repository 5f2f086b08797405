"""What can go wrong before Parvis runs, each as one sentence that says what to do."""

import errno
from pathlib import Path


class BootstrapError(Exception):
    """Parvis cannot be installed here; the text says why and what to do."""


NO_VENV = (
    "This Python cannot make virtual environments: install its venv package "
    "(Debian: apt install python3-venv), then run ./parvis again."
)
NO_DISK = "The disk is full: make about 600 MB free, then run ./parvis again."
NO_NETWORK = (
    "The packages cannot be downloaded: check the network, the proxy or pip's package index, "
    "then run ./parvis again."
)
WRONG_HASH = (
    "A downloaded package is not the one that Parvis was tested with, and was refused: "
    "check which package index pip uses here, then run ./parvis again."
)
PIP_FAILED = "The packages could not be installed: pip's last words are above."

#: What pip prints, in small letters, and what it means.
_SIGNS = (
    ("no space left on device", NO_DISK),
    ("disk quota exceeded", NO_DISK),
    ("do not match the hashes", WRONG_HASH),
    ("hashes are required", WRONG_HASH),
    ("(from versions: none)", NO_NETWORK),
    ("failed to establish a new connection", NO_NETWORK),
    ("name resolution", NO_NETWORK),
    ("network is unreachable", NO_NETWORK),
    ("connection refused", NO_NETWORK),
    ("connection broken", NO_NETWORK),
    ("cannot connect to proxy", NO_NETWORK),
    ("read timed out", NO_NETWORK),
    ("connection reset", NO_NETWORK),
)


def explain_pip(output: str) -> str:
    """Return the sentence for what pip printed before it failed."""
    text = output.lower()
    return next((sentence for sign, sentence in _SIGNS if sign in text), PIP_FAILED)


def explain_system(error: OSError, folder: Path) -> str:
    """Return the sentence for a failure of the file system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NO_DISK
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"{folder} cannot be written to: put Parvis in a folder of your own, or make this "
            "one writable, then run ./parvis again."
        )
    return f"{folder} cannot be used: {error.strerror}."
