"""A server of a test run's own: its files in one folder, its ports free ones, ended by its pid."""

import json
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from shared.testing import processes
from shared.testing.memory_folder import forget_memory
from shared.testing.processes import ServerError

#: Seconds within which a server must answer after it was started, on a machine that is busy.
PATIENCE = 300.0


class PrivateServer(ABC):
    """One server in a folder; several processes may hold an object for the same folder.

    `server.json` keeps what they share: the ports, the password and the server's processes.
    """

    #: The system account that it runs as when root starts it, if it must not be root.
    account: str | None = None
    #: The signal by which it is asked to stop.
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state_file = folder / "server.json"
        if not self._state_file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._write(self.prepare())
            if self.account:
                processes.give(folder, self.account)

    @property
    def state(self) -> dict[str, Any]:
        """Return the ports, the password and the processes, as they were last written."""
        state: dict[str, Any] = json.loads(self._state_file.read_text())
        return state

    @property
    def is_running(self) -> bool:
        """Tell whether the server's process lives (it may be frozen)."""
        return processes.is_running(self.state.get("process"))

    def start(self) -> None:
        """Start the server and wait until it answers; do nothing when it runs already."""
        if self.is_running:
            return
        with (self.folder / "output.log").open("ab") as output:
            process = self.launch(output)
        self._write({**self.state, "process": processes.identify(process.pid)})
        if not processes.wait_until(lambda: self.answers() or not self.is_running, PATIENCE):
            self.kill()
        if not self.is_running:
            raise ServerError(f"{type(self).__name__} did not start:\n{self._last_words()}")

    def stop(self) -> None:
        """Stop the server as an operator would, and wait until it has ended."""
        self.thaw()
        processes.interrupt(self.state.get("process"), self.stop_signal, PATIENCE)

    def kill(self) -> None:
        """End the server as a power cut would."""
        processes.kill(self.state.get("process"))

    def restart(self) -> None:
        """Stop the server and start it on the same ports, with the same data."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Suspend the server: its connections stay open, and nothing answers."""
        processes.send(self.state.get("process"), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        processes.send(self.state.get("process"), signal.SIGCONT)

    def remove(self) -> None:
        """End the server and delete its folder."""
        self.kill()
        forget_memory(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def prepare(self) -> dict[str, Any]:
        """Write the files that the server needs, once, and return the state to keep."""

    @abstractmethod
    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start the process, its output going to a file."""

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server takes work."""

    def _write(self, state: dict[str, Any]) -> None:
        draft = self._state_file.with_suffix(".new")
        draft.write_text(json.dumps(state))
        draft.chmod(0o600)
        draft.replace(self._state_file)

    def _last_words(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-2000:]
