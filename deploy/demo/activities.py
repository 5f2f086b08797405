"""The demo's activities, a file per theme."""

from collections.abc import Iterator
from typing import Any

from deploy.demo.files import read_folder, unwrap
from services.scheduling.domain.programme import ActivityRecord


def stored_activities() -> Iterator[dict[str, Any]]:
    """Yield the activities as they are written, each with the `theme` of its file."""
    for document in read_folder("activities"):
        for activity in document["activity"]:
            yield {**activity, "theme": document["theme"]}


def activity_record(stored: dict[str, Any]) -> ActivityRecord:
    """Return an activity's content, without its sessions."""
    age_min, age_max = (*stored.get("ages", ()), None, None)[:2]
    english = stored.get("text_en")
    return ActivityRecord(
        source_id=stored["id"],
        title_fr=stored["title"],
        title_en=stored.get("title_en"),
        description_fr=unwrap(stored["text"]),
        description_en=unwrap(english) if english else None,
        organisation=stored["organisation"],
        audience=stored["audience"],
        age_min=age_min,
        age_max=age_max,
        theme=stored["theme"],
        format=stored["format"],
        presenters=tuple(stored.get("presenters", ())),
        link=stored.get("link"),
    )
