"""Returned mail: what a server brought to our return paths is read, and kept with its mail."""

from services.notifications.domain.bouncing import note_report
from services.notifications.domain.receiving import Returned
from services.notifications.domain.reports import read_report
from services.notifications.domain.return_path import ReturnPath
from shared.clock import Clock
from shared.database import Database
from shared.observability import get_logger

_log = get_logger(__name__)


def take_back(database: Database, paths: ReturnPath, returned: Returned, clock: Clock) -> int:
    """Keep what returned mail says; return of how many mails it said something new.

    It is about the mail that its address names, or, for a complaint, that the mail in it came from.
    What is no report, such as an answer by a person on holiday, is let go.
    """
    report = read_report(returned.data)
    if report is None:
        _log.info("returned mail is no report", octets=len(returned.data))
        return 0
    named = [*returned.recipients, *report.return_paths]
    mails = dict.fromkeys(mail_id for one in named if (mail_id := paths.mail_of(one)))
    changed = 0
    for mail_id in mails:
        with database.write() as db:
            changed += note_report(db, mail_id, report, now=clock())
        _log.info("mail " + report.kind, mail=str(mail_id), status=report.status)
    return changed
