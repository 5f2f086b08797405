"""The pages of the letter: somebody subscribes, and the coordination has written something."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.notifications.models import Campaign
from shared.database import Database
from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Installation
from tests.system.staff import Staff
from tests.system.test_the_whole_way import part

_LETTER = {
    "subject_fr": "La rentrée des sciences",
    "body_fr": "Bonjour,\n\n## À ne pas manquer\n\n- le **Muséum**",
    "subject_en": "",
    "body_en": "",
}


def letter_pages(installation: Installation, staff: Staff) -> dict[str, str]:
    """Return the pages of the letter, those behind the links of its mails among them."""
    activity = installation.bookable_session()["activity_id"]
    follow = f"/newsletter/follow/{activity}"
    assert wait_until(lambda: installation.get(follow).status_code == 200, PATIENCE)
    confirmed, asked = (_asked(installation, staff) for _ in range(2))
    assert staff.submit(confirmed).status_code == 303
    token = confirmed.rpartition("/")[2]
    draft = staff.submit(
        "/console/newsletter/new", **_LETTER, frequencies=["weekly", "monthly"], revision="0"
    ).headers["Location"]
    return {
        "subscribing": "/newsletter?audience=families",
        "following an activity": follow,
        "confirming a subscription": asked,
        "choices of a subscriber": f"/newsletter/preferences/{token}",
        "erasing a subscriber": f"/newsletter/preferences/{token}/erase",
        "unsubscribing": f"/newsletter/unsubscribe/{token}",
        "past letters": "/newsletter/archive",
        "past letter": f"/newsletter/archive/{_sent(installation)}",
        "letters": "/console/newsletter",
        "new letter": "/console/newsletter/new",
        "one letter": draft,
        "preview of a letter": f"{draft}/preview?frequency=monthly",
    }


def _asked(installation: Installation, staff: Staff) -> str:
    """Subscribe a new address; return the path that its mail leads to."""
    email = f"letter-{uuid4().hex[:8]}@example.org"
    sent = staff.submit("/newsletter", email=email, frequency="weekly", agrees="1")
    assert sent.status_code == 200, sent.text
    [mail] = installation.wait_for_mails(email)
    found = re.search(r"/newsletter/confirm/[\w-]+", part(mail, "text/plain").decode())
    assert found, mail
    return found[0]


def _sent(installation: Installation) -> str:
    """Return the id of a letter that was sent: letters leave by day alone, tests at any hour."""
    now = datetime.now(UTC)
    campaign = Campaign(
        texts=_LETTER,
        frequencies=["weekly"],
        status="sent",
        planned_at=now - timedelta(days=1),
        sent_at=now - timedelta(days=1),
        written_by="Claire Essai",
        written_at=now - timedelta(days=2),
    )
    database = Database(installation.database_url("notifications"))
    with database.write() as db:
        db.add(campaign)
        db.flush()
        identifier = str(campaign.id)
    database.dispose()
    return identifier
