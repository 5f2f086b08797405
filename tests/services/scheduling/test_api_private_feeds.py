"""Private calendars over the API: listed without their secret, and ended, by who acts for them."""

from services.scheduling.domain.feed_tokens import issue_feed
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.programs import Program, organisers_token
from tests.services.scheduling.stored_programme import StoredProgramme

DRAFT = "/api/v1/draft"


def test_a_calendar_is_listed_without_its_secret_and_ended_by_its_own_people(
    context: ServiceContext,
) -> None:
    feed_id = new_id()
    with context.database.write() as db:
        programme = StoredProgramme(db)
        museum = programme.organisation.id
        issued = issue_feed(
            db,
            token_id=feed_id,
            owner="organisation_id",
            row_id=museum,
            name="Régie",
            account_id=None,
            now=NOW,
        )
    assert issued is not None
    public = create_app(context).test_client()
    assert public.get(f"/feeds/private/{issued.value}.ics").status_code == 200
    own = Program(context, token=organisers_token(context, "lou@example.org", museum))
    stranger = Program(context, token=organisers_token(context, "max@example.org"))
    feeds = f"{DRAFT}/organisations/{museum}/feeds"
    assert own("GET", feeds).get_json() == {
        "items": [
            {
                "id": str(feed_id),
                "name": "Régie",
                "account_id": None,
                "created_at": "2026-09-24T08:00:00+00:00",
                "last_used_on": "2026-09-24",
            }
        ]
    }
    for method, path in (("GET", feeds), ("DELETE", f"{feeds}/{feed_id}")):
        assert stranger(method, path).status_code == 403
    elsewhere = f"{DRAFT}/venues/{programme.venue.id}/feeds/{feed_id}"
    assert Program(context)("DELETE", elsewhere).status_code == 404
    assert own("DELETE", f"{feeds}/{feed_id}").status_code == 204
    assert own("GET", feeds).get_json() == {"items": []}
    assert public.get(f"/feeds/private/{issued.value}.ics").status_code == 404
