"""The folder that takes the mails where no SMTP server is named: one `.eml` for each."""

import os
from pathlib import Path

from services.notifications.domain.composing import Letter
from services.notifications.domain.transports.outcome import (
    HandOver,
    Outcome,
    Sent,
    ServerUnavailable,
)


class EmlFolder:
    """Keeps letters as files; the same letter replaces itself, so twice is as good as once."""

    idempotent = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Write the file, whole or not at all, and to the disk before it returns."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(letter)
        except OSError as error:
            raise ServerUnavailable(
                f"the mail folder cannot be written: {error.strerror}"
            ) from error
        return Sent()

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def path_of(self, name: str) -> Path:
        """Return the file of the letter of that name."""
        return self.folder / f"{name}.eml"

    def _write(self, letter: Letter) -> None:
        target = self.path_of(letter.name)
        fresh = target.with_suffix(".part")
        with fresh.open("wb") as file:
            file.write(letter.data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself must survive a power cut
        finally:
            os.close(folder)
