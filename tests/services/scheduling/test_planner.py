"""The planner's board and what it saves, as its script asks for them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.domain.editing.sessions import save_session
from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.editing.venues import create_venue
from services.scheduling.domain.planning.unplaced import create_unplaced
from services.scheduling.domain.releasing import release
from services.scheduling.models import Session, UnplacedSession
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.identifiers import new_id
from shared.testing.contexts import NOW
from tests.services.scheduling.console_browsing import Staff
from tests.services.scheduling.console_programme import EDITION, programme_on
from tests.services.scheduling.counting import statements_of
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme

PLANNER = f"{EDITION}/planner"
DAY = "day=2026-10-02"
HOUR = timedelta(hours=1)


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme with a session at ten in the auditorium, for thirty."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
        return programme


@pytest.fixture
def ada(context: ServiceContext, programme: DraftedProgramme) -> Staff:
    return Staff(context)


def board(staff: Staff, query: str = DAY) -> dict[str, Any]:
    answer = staff.get(f"{PLANNER}/board?{query}")
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.get_json()
    return content


def read(content: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the sessions of a board, or of its tray, by the names of their values."""
    rows = content["sessions" if kind == "session" else "tray"]
    return [dict(zip(content["fields"][kind], row, strict=True)) for row in rows]


def post(staff: Staff, path: str, **body: Any) -> Any:
    """Send what the script sends: JSON, with the page's token in a header."""
    token = re.search(r'data-csrf="([^"]+)"', staff.get(PLANNER).text)
    assert token is not None
    sent = {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}
    headers = {"X-CSRFToken": token[1]}
    return staff.client.post(f"{PLANNER}/{path}?{DAY}", json=sent, headers=headers)


def at(programme: DraftedProgramme, starts: str, ends: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": programme.session.id,
        "revision": 1,
        "starts": f"2026-10-02T{starts}",
        "ends": f"2026-10-02T{ends}",
        "venue": programme.venue.id,
        "space": programme.space.id,
        **changes,
    }


def stored(context: ServiceContext, session_id: UUID) -> Session:
    with context.database.read() as db:
        return db.get_one(Session, session_id)


def test_the_board_has_the_sessions_of_its_day_in_local_minutes(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        made.add_session(made.add_activity("Demain"), starts_at=OPENING + timedelta(days=1))
        create_unplaced(
            db, {"activity_id": programme.session.activity_id, "note": "Au calme"}, **made.by
        )
    content = board(ada)
    activities = [activity["title"] for activity in content["activities"]]
    assert read(content, "session") == [
        {
            "id": str(programme.session.id),
            "revision": 1,
            "activity": activities.index("Voir un muon"),
            "where": 0,
            "starts": 10 * 60,
            "ends": 11 * 60,
            "kind": "timed",
            "state": "draft",
            "cancelled": 0,
            "held": 0,
            "capacity": 30,
            "note": None,
            "by": None,
            "parts": None,
        }
    ]
    assert content["where"] == [
        [str(programme.venue.id), str(programme.space.id)],
        [None, None],
    ]
    (waiting,) = read(content, "tray")
    assert (waiting["minutes"], waiting["note"], waiting["where"]) == (60, "Au calme", 1)
    counts = dict(content["counts"])
    assert (counts["2026-10-02"], counts["2026-10-03"], counts["2026-10-04"]) == (1, 1, 0)
    week = read(board(ada, "day=2026-10-01&days=7"), "session")
    assert [session["starts"] for session in week] == [(24 + 10) * 60, (48 + 10) * 60]


def test_an_exhibition_is_on_the_board_at_its_hours(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        made.add_session(
            made.add_activity("Motifs"),
            kind="exhibition",
            starts_at=OPENING,
            ends_at=OPENING + timedelta(days=4),
            registration="none",
            capacity=None,
            weekly_hours=[
                {"weekday": day, "opens": "14:00", "closes": "18:00"} for day in (1, 2, 6, 7)
            ],
            closures=["2026-10-04"],
        )
    by_day = {
        day: [
            session["parts"]
            for session in read(board(ada, f"day={day}"), "session")
            if session["kind"] == "exhibition"
        ]
        for day in ("2026-10-02", "2026-10-03", "2026-10-04")
    }
    afternoon = [[14 * 60, 18 * 60]]
    assert by_day == {"2026-10-02": [[]], "2026-10-03": [afternoon], "2026-10-04": [[]]}


def test_a_board_without_changes_is_not_sent_again_and_any_change_sends_it(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    address = f"{PLANNER}/board?{DAY}"
    by = programme.by
    later = {**by, "now": NOW + HOUR}
    with context.database.write() as db:
        made = programme_on(programme, db)
        tomorrow = made.add_session(starts_at=OPENING + timedelta(days=1))
        create_unplaced(db, {"activity_id": tomorrow.activity_id}, **by)
    unplaced = new_id()
    changes = {
        "moved": lambda db: save_session(
            db, programme.session.id, None, {"starts_at": OPENING - HOUR}, **later
        ),
        "one leaves as another comes": lambda db: (
            save_session(
                db,
                programme.session.id,
                None,
                {
                    "starts_at": OPENING + timedelta(days=2),
                    "ends_at": OPENING + timedelta(days=2, hours=1),
                },
                **later,
            ),
            save_session(
                db,
                tomorrow.id,
                None,
                {"starts_at": OPENING, "ends_at": OPENING + HOUR},
                account_id=None,
                now=NOW + 2 * HOUR,
            ),
        ),
        "put into the tray": lambda db: create_unplaced(
            db, {"activity_id": tomorrow.activity_id}, row_id=unplaced, **by
        ),
        "released": lambda db: release(db, programme.edition.id, now=NOW),
        "a room": lambda db: create_space(
            db, {"venue_id": programme.venue.id, "name": "Salle bleue"}, **by
        ),
    }
    seen = ada.get(address).headers["ETag"]
    for name, change in changes.items():
        assert ada.get(address, headers={"If-None-Match": seen}).status_code == 304, name
        with context.database.write() as db:
            change(db)
        again = ada.get(address, headers={"If-None-Match": seen})
        assert (name, again.status_code) == (name, 200)
        seen = again.headers["ETag"]


def test_a_board_of_many_sessions_takes_no_more_statements_than_one_of_few(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    def statements() -> int:
        with statements_of(context.database) as sent:
            board(ada)
        return len(sent)

    few = statements()
    with context.database.write() as db:
        made = programme_on(programme, db)
        for number in range(5):
            made.add_session(made.add_activity(f"Animation {number}"))
    assert statements() == few
    with statements_of(context.database) as sent:
        seen = ada.get(f"{PLANNER}/board?{DAY}")
        sent.clear()
        ada.get(f"{PLANNER}/board?{DAY}", headers={"If-None-Match": seen.headers["ETag"]})
    assert sum("unplaced_sessions" in statement for statement in sent) == 1


def test_places_are_grouped_by_commune_and_venue(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        create_venue(db, {"name": "En ligne"}, **programme.by)
    communes = ada.get(f"{PLANNER}/places").get_json()["communes"]
    assert [
        (
            commune["name"],
            [
                (venue["name"], venue["used"], [space["name"] for space in venue["spaces"]])
                for venue in commune["venues"]
            ],
        )
        for commune in communes
    ] == [("Grenoble", [("Muséum", 1, ["Auditorium"])]), ("", [("En ligne", 0, [])])]


def test_moving_a_session_saves_it_and_tells_what_stands_in_its_way(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        other = made.add_session(made.add_activity("Étoiles"), starts_at=OPENING + 4 * HOUR)
    answer = post(ada, "move", **at(programme, "14:15", "15:45"))
    assert answer.status_code == 200, answer.text
    content = answer.get_json()
    (moved,) = read(content, "session")
    assert {name: moved[name] for name in ("revision", "starts", "ends", "by")} == {
        "revision": 2,
        "starts": 14 * 60 + 15,
        "ends": 15 * 60 + 45,
        "by": "Ada Martin",
    }
    taken = next(each for each in content["conflicts"] if each["kind"] == "space_taken")
    assert taken["level"] == "blocks"
    assert set(taken["sessions"]) == {str(programme.session.id), str(other.id)}
    assert {link["day"] for link in taken["links"]} == {"2026-10-02"}
    now = stored(context, programme.session.id)
    assert (now.starts_at, now.ends_at - now.starts_at) == (
        OPENING + timedelta(hours=4, minutes=15),
        timedelta(minutes=90),
    )
    listed = ada.get(f"{PLANNER}/conflicts?{DAY}").get_json()["conflicts"]
    assert taken in listed
    assert ada.get(f"{PLANNER}/conflicts?day=2026-10-05").get_json()["conflicts"] == []


def test_a_placement_is_checked_without_changing_anything(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        made.add_session(made.add_activity("Étoiles"), starts_at=OPENING + 4 * HOUR)
        waiting = create_unplaced(db, {"activity_id": made.add_activity("Marées").id}, **made.by)
    for asked in (programme.session.id, waiting.id):
        found = post(ada, "check", **at(programme, "14:30", "15:30", id=asked)).get_json()
        assert "space_taken" in [each["kind"] for each in found["conflicts"]]
        free = post(ada, "check", **at(programme, "16:30", "17:30", id=asked)).get_json()
        assert [each for each in free["conflicts"] if each["level"] == "blocks"] == []
    assert stored(context, programme.session.id).revision == 1
    skipped = {"starts": "2027-03-28T02:30", "ends": "2027-03-28T04:00"}
    refused = post(ada, "check", **{**at(programme, "10:00", "11:00"), **skipped})
    assert refused.status_code == 422
    assert list(refused.get_json()["faults"]) == ["starts_at"]


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("2026-10-02T11:00", "2026-10-02T10:30", "ends_at"),
        ("2028-03-01T10:00", "2028-03-01T11:00", "starts_at"),
        ("2026-10-02T10:00", "2026-10-09T10:00", "ends_at"),
    ],
)
@pytest.mark.parametrize("waits", [False, True])
def test_a_check_refuses_what_saving_refuses_in_the_same_words(
    context: ServiceContext,
    programme: DraftedProgramme,
    ada: Staff,
    starts: str,
    ends: str,
    field: str,
    waits: bool,
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        waiting = create_unplaced(db, {"activity_id": made.add_activity("Marées").id}, **made.by)
    asked = waiting.id if waits else programme.session.id
    placement = at(programme, "10:00", "11:00", id=asked) | {"starts": starts, "ends": ends}
    checked = post(ada, "check", **placement)
    saved = post(ada, "place" if waits else "move", **placement)
    assert (checked.status_code, checked.get_json()) == (saved.status_code, saved.get_json())
    assert (saved.status_code, list(saved.get_json()["faults"])) == (422, [field])


def test_a_save_from_an_old_view_is_refused_with_what_there_is_now(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    emmy = Staff(context, name="Emmy Noether")
    assert post(emmy, "move", **at(programme, "12:00", "13:00")).status_code == 200
    answer = post(ada, "move", **at(programme, "16:00", "17:00"))
    assert answer.status_code == 409
    content = answer.get_json()
    assert content["who"] == "Emmy Noether"
    assert [(row["revision"], row["starts"]) for row in read(content, "session")] == [(2, 12 * 60)]
    assert stored(context, programme.session.id).starts_at == OPENING + 2 * HOUR
    again = post(ada, "move", **at(programme, "16:00", "17:00", revision=2))
    assert again.status_code == 200


def test_what_cannot_be_is_refused_with_a_sentence(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    refused = post(ada, "move", **at(programme, "11:00", "10:00"))
    assert (refused.status_code, refused.get_json()) == (
        422,
        {
            "faults": {"ends_at": "La fin doit venir après le début."},
            "sentence": "La fin doit venir après le début.",
        },
    )
    assert post(ada, "move", **at(programme, "11:00", "12:00", id="x")).status_code == 400
    gone = post(ada, "move", **at(programme, "11:00", "12:00", id=new_id()))
    assert (gone.status_code, gone.get_json()["sessions"]) == (409, [])
    assert stored(context, programme.session.id).revision == 1


def test_a_session_goes_through_the_tray_and_back(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    session_id = programme.session.id
    tray = post(ada, "unplace", id=session_id, revision=1).get_json()
    assert (tray["sessions"], [row["revision"] for row in read(tray, "tray")]) == ([], [2])
    kept = post(ada, "tray", id=session_id, revision=2, minutes=45, note="Le soir")
    assert [(row["minutes"], row["note"]) for row in read(kept.get_json(), "tray")] == [
        (45, "Le soir")
    ]
    placed = post(ada, "place", **at(programme, "20:00", "20:45", revision=3)).get_json()
    assert [(row["id"], row["starts"], row["note"]) for row in read(placed, "session")] == [
        (str(session_id), 20 * 60, "Le soir")
    ]
    now = stored(context, session_id)
    assert (now.capacity, now.uid, now.revision) == (30, f"{session_id}@parvis", 4)


def test_a_released_session_stays_on_the_grid(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    with context.database.write() as db:
        release(db, programme.edition.id, now=NOW)
    refused = post(ada, "unplace", id=programme.session.id, revision=1)
    assert (refused.status_code, "publiée" in refused.get_json()["sentence"]) == (422, True)
    assert [session["state"] for session in read(board(ada), "session")] == ["released"]


def test_a_session_to_be_placed_is_made_once_and_thrown_away(
    context: ServiceContext, programme: DraftedProgramme, ada: Staff
) -> None:
    row_id = new_id()
    wanted = {"id": row_id, "activity": programme.session.activity_id, "minutes": None}
    for _attempt in range(2):
        made = post(ada, "tray", **wanted)
        assert [row["minutes"] for row in read(made.get_json(), "tray")] == [60]
    assert post(ada, "tray", id=new_id()).status_code == 422
    gone = post(ada, "tray/delete", id=row_id, revision=1)
    assert (gone.get_json()["tray"], gone.get_json()["conflicts"]) == ([], [])
    with context.database.read() as db:
        assert db.scalars(sa.select(UnplacedSession)).all() == []


def test_readers_look_and_do_not_touch(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    reader = Staff(context, "reader", name="Lise Meitner")
    page = reader.get(PLANNER)
    assert (page.status_code, "data-undo" in page.text) == (200, False)
    assert len(read(board(reader), "session")) == 1
    assert Staff(context, "door", name="Otto Hahn").get(PLANNER).status_code == 403
    editor = Staff(context)
    token = re.search(r'data-csrf="([^"]+)"', editor.get(PLANNER).text)
    assert token is not None
    forged = editor.client.post(f"{PLANNER}/move", json={"id": str(programme.session.id)})
    assert forged.status_code == 400


def test_organisers_move_what_is_their_organisations_alone(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    own = Staff(context, "organiser", name="Emmy Noether")
    stranger = Staff(context, "organiser", name="Otto Hahn", organisations=[])
    assert [activity["mine"] for activity in board(own)["activities"]] == [True]
    assert [activity["mine"] for activity in board(stranger)["activities"]] == [False]
    refused = post(stranger, "move", **at(programme, "12:00", "13:00"))
    assert (refused.status_code, "autre structure" in refused.get_json()["sentence"]) == (403, True)
    activity_id = programme.session.activity_id
    for path, body in (
        ("unplace", {"id": programme.session.id, "revision": 1}),
        ("tray", {"id": new_id(), "activity": activity_id, "minutes": 30}),
    ):
        assert post(stranger, path, **body).status_code == 403, path
    assert stored(context, programme.session.id).revision == 1
    assert post(own, "move", **at(programme, "12:00", "13:00")).status_code == 200


def test_the_table_of_a_day_leads_to_each_session(programme: DraftedProgramme, ada: Staff) -> None:
    page = ada.get(f"{PLANNER}/table?{DAY}").text
    assert f"{EDITION}/sessions/{programme.session.id}" in page
    assert "Voir un muon" in page
    other = ada.get(f"{PLANNER}/table?day=2026-10-05").text
    assert "Aucune séance ce jour-là." in other
    assert str(programme.session.id) not in other


def test_a_board_that_somebody_else_saw_is_not_taken_for_ones_own(
    context: ServiceContext, programme: DraftedProgramme
) -> None:
    address = f"{PLANNER}/board?{DAY}"
    app = create_app(context)
    nora = Staff(context, "organiser", name="Nora Petit", app=app, organisations=[])
    seen = nora.get(address).headers["ETag"]
    ada = Staff(context, name="Ada Martin", app=app)

    assert nora.get(address, headers={"If-None-Match": seen}).status_code == 304
    assert ada.get(address, headers={"If-None-Match": seen}).status_code == 200
    trusted = Staff(context, "organiser", name="Nora Petit", app=app)
    again = trusted.get(address, headers={"If-None-Match": seen})
    assert (again.status_code, again.get_json() == ada.get(address).get_json()) == (200, True)
