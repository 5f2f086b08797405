"""Starting imports' processes from the worker: one at a time, looked after until it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from nameko.extensions import DependencyProvider

from services.scheduling.domain.import_jobs import next_job, revive
from services.scheduling.domain.import_jobs.jobs import give_back
from services.scheduling.domain.import_jobs.working import fail
from shared.context import ServiceContext
from shared.messaging.nameko_adapter import CONTEXT

#: How a process ends that was stopped with everything else, by a terminal or the machine.
_STOPPED = (-signal.SIGTERM, -signal.SIGINT)

_ROOT = Path(__file__).resolve().parents[2]


class ImportLauncher:
    """The import's process that this worker has started, if it is still at work."""

    def __init__(self) -> None:
        self._running: tuple[UUID, subprocess.Popen[bytes]] | None = None

    def step(self, context: ServiceContext) -> None:
        """Notice a process that ended, and start the next one if a job waits."""
        if self._running is not None:
            job_id, process = self._running
            if process.poll() is None:
                return
            self._running = None
            if process.returncode in _STOPPED:
                self._give_back(context, job_id)
            elif process.returncode:
                fail(context, job_id)
        with context.database.read() as db:
            waiting = next_job(db)
        if waiting is not None:
            self._running = (waiting, _start(context, waiting))

    def look_after(self, context: ServiceContext) -> None:
        """Let jobs begin again whose worker died with them."""
        with context.database.write() as db:
            revive(db, context.clock())

    def stop(self, context: ServiceContext) -> None:
        """End the process that is at work: the job is begun again by whoever comes next."""
        if self._running is not None:
            job_id, process = self._running
            self._running = None
            process.terminate()
            process.wait()
            self._give_back(context, job_id)

    @staticmethod
    def _give_back(context: ServiceContext, job_id: UUID) -> None:
        with context.database.write() as db:
            give_back(db, job_id, context.clock())


class Imports(DependencyProvider):  # type: ignore[misc, unused-ignore]
    """What the worker's methods reach as `self.imports`; it ends with the container."""

    def setup(self) -> None:
        """Begin with no process."""
        self._launcher = ImportLauncher()

    def stop(self) -> None:
        """End the process that is at work."""
        self._launcher.stop(self.container.config[CONTEXT])

    def get_dependency(self, worker_ctx: Any) -> ImportLauncher:
        """Give the worker's methods the launcher."""
        return self._launcher


def _start(context: ServiceContext, job_id: UUID) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "SCHEDULING_DATABASE_URL": context.settings.database_url}
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "services.scheduling.import_process", str(job_id)],
        cwd=_ROOT,
        env=environ,
    )
