"""The secret that signs tickets and sign-ins: made once, at random, and never made again."""

import os
import secrets
from pathlib import Path


def ensure_secret_key(path: Path) -> str:
    """Return the key that a file keeps; one is made, for its owner's eyes alone, if it is missing.

    Several processes and threads may call this at the same time: all return the same key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(fresh, path)  # whoever comes first wins, and nobody sees half a key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
