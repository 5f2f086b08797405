"""A process of its own for one import: `python -m services.scheduling.import_process JOB`.

The worker starts it, so that reading a large file holds up no event and no page. It needs
`SCHEDULING_DATABASE_URL` alone.
"""

import os
import sys
from uuid import UUID

from services.scheduling.domain.import_jobs import work
from services.scheduling.domain.import_jobs.working import fail
from services.scheduling.importers import read_programme
from services.scheduling.importers.sheet_corrections import corrections
from shared.context import build_context
from shared.observability import configure_logs, correlated, get_logger
from shared.settings import read_settings


def main(job_id: UUID) -> int:
    """Work on a job; return the exit status, 1 if it failed."""
    configure_logs()
    context = build_context(read_settings("scheduling", os.environ))
    try:
        with correlated():
            work(context, job_id, read_programme, corrections)
    except Exception as error:  # the page of the job has to say so, whatever it was
        get_logger(__name__).error("import_failed", job=str(job_id), error=type(error).__name__)
        fail(context, job_id)
        return 1
    finally:
        context.database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(UUID(sys.argv[1])))
