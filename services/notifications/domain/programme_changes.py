"""What a release changed for one registration, and what of it is news to its reader.

A change is kept with its mail as JSON: `session_id`, the session as it was told `before`, whether
the booking `ended` with the session, and whether it had been `waiting` for a seat. Beside it is
kept what was *heard*: the same of every session of the events, news or not, and the session's
`version`, by which news of several releases are put together.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from services.notifications.domain.wording import place, time_lines

Aspect = Literal["cancelled", "reinstated", "time", "place"]

#: Bookings that have no seat yet.
WAITING = ("waitlisted", "offered")


def changes_of(
    data: Mapping[str, Any],
    *,
    registration: Mapping[str, Any],
    sessions: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, Mapping[str, Any]],
    shown: Mapping[str, Mapping[str, Any]],
    waiting: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the changes of an event that are news, in the current language, by the new times.

    So are those that are still `waiting` to be told, as they were heard.

    `registration` and `sessions` are the newest known, which may be newer than the event's:
    bookings that their contact gave up meanwhile are left out. `told` and `shown` are sessions by
    id: as earlier mails told their changes, and as the last mail, whatever about, showed them.
    """
    now = _by_session(registration["bookings"])
    found = []
    for change in put_together([*waiting, *heard_in(data)]):
        name, ended = change["session_id"], change["ended"]
        if name not in now or (now[name]["status"] == "cancelled" and not ended):
            continue
        for before in (told.get(name) or change["before"], shown.get(name)):
            news = {
                "session_id": name,
                "before": before,
                "ended": ended,
                "waiting": change["waiting"],
            }
            # the last mail counts where the rest is equal: what only it knew of may be gone again
            if before and aspects(news, sessions[name]):
                found.append(news)
                break
    return sorted(found, key=lambda one: str(sessions[one["session_id"]]["starts_at"]))


def heard_in(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an event tells of each session that changed."""
    then = _by_session(data["bookings"])
    return [
        {
            "session_id": str(change["session_id"]),
            "version": change["version"],
            "before": change["before"],
            "ended": then[str(change["session_id"])]["status"] == "cancelled",
            "waiting": change["booking_status"] in WAITING,
        }
        for change in data["session_changes"]
        if str(change["session_id"]) in then
    ]


def heard_by(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was heard of the sessions in a mail; an older Parvis kept its news alone."""
    heard = content.get("heard")
    if heard is None:
        return [{**change, "version": 0} for change in content.get("changes", ())]
    return list(heard)


def put_together(heard: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what was heard of each session as one: from the oldest `before` to the newest rest.

    In which order it was heard does not matter.
    """
    found: dict[str, dict[str, Any]] = {}
    for change in heard:
        known = found.get(change["session_id"])
        since = change.get("since", change["version"])
        one = {**change, "since": since}
        if known is not None:
            newest = one if one["version"] >= known["version"] else known
            oldest = one if since < known["since"] else known
            one = {**newest, "before": oldest["before"], "since": oldest["since"]}
        found[change["session_id"]] = one
    return list(found.values())


def still_standing(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a mail's changes without those of bookings that their contact has given up since."""
    now = _by_session(content["registration"]["bookings"])
    return [
        change
        for change in content["changes"]
        if change["ended"] or now[change["session_id"]]["status"] != "cancelled"
    ]


def aspects(change: Mapping[str, Any], session: Mapping[str, Any]) -> frozenset[Aspect]:
    """Return what differs, in the words of the current language; nothing if they are the same."""
    before = change["before"]
    was_off = before["status"] == "cancelled"
    if is_off(change, session):
        return frozenset() if was_off else frozenset({"cancelled"})
    found: set[Aspect] = {"reinstated"} if was_off else set()
    if time_lines(before) != time_lines(session):
        found.add("time")
    if place(before) != place(session):
        found.add("place")
    return frozenset(found)


def is_off(change: Mapping[str, Any], session: Mapping[str, Any]) -> bool:
    """Tell whether the booking is over: the session was cancelled, whatever became of it since."""
    return bool(change["ended"]) or session["status"] == "cancelled"


def news(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the changes of a mail that show in the current language, by the new times."""
    sessions = content["sessions"]
    seen = [one for one in content["changes"] if aspects(one, sessions[one["session_id"]])]
    return sorted(seen, key=lambda one: str(sessions[one["session_id"]]["starts_at"]))


def as_told(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sessions that a mail about a release settled, by id, as it showed them.

    Those too of which it said nothing, because they read as they did before.
    """
    shown = as_shown(content)
    return {name: shown[name] for name in content.get("settled", ()) if name in shown}


def as_shown(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the sessions in a mail, by id; nothing if its person was forgotten."""
    ended = {one["session_id"] for one in content.get("changes", ()) if one["ended"]}
    return {
        name: session | ({"status": "cancelled"} if name in ended else {})
        for name, session in content.get("sessions", {}).items()
    }


def _by_session(bookings: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the bookings by session; one that stands before one that was cancelled."""
    found: dict[str, Mapping[str, Any]] = {}
    for booking in bookings:
        known = found.get(str(booking["session_id"]))
        if known is None or known["status"] == "cancelled":
            found[str(booking["session_id"])] = booking
    return found
