"""The demo's projects: one in each state, typeset, added once, and nobody is written to."""

import re
import tomllib

import sqlalchemy as sa

from deploy.demo.files import HERE
from deploy.seed import load_demo
from services.scheduling.domain.proposals.steps import STATES
from services.scheduling.domain.releasing import pending_changes
from services.scheduling.models import Activity, Edition, HistoryEntry
from shared.messaging.tables import OUTBOX
from shared.testing.contexts import make_context
from shared.text import typeset


def test_the_demo_has_projects_in_every_state_once(sqlite_url):
    context = make_context("scheduling", sqlite_url)
    load_demo(context)
    load_demo(context)

    with context.database.read() as db:
        counted = dict(
            db.execute(sa.select(Activity.state, sa.func.count()).group_by(Activity.state)).all()
        )
        told = db.scalar(
            sa.select(sa.func.count()).where(OUTBOX.c.type == "scheduling.proposal_moved")
        )
        asked = db.scalars(sa.select(HistoryEntry).where(HistoryEntry.action == "ask_changes"))
        [entry] = asked.all()
        edition = db.scalars(sa.select(Edition)).one()
        pending = pending_changes(db, edition.id)
    context.database.dispose()

    assert {state: counted[state] for state in STATES if state != "accepted"} == {
        "idea": 1,
        "submitted": 1,
        "changes_asked": 1,
        "declined": 1,
        "withdrawn": 1,
    }
    assert told == 0
    assert (entry.origin, entry.account_id) == ("La coordination", None)
    assert pending.left_out == ()


def test_their_texts_are_typeset():
    document = tomllib.loads((HERE / "proposals.toml").read_text(encoding="utf-8"))
    for proposal in document["proposal"]:
        texts = [proposal[name] for name in ("title", "text", "wishes") if name in proposal]
        texts += [comment for _side, _step, comment in proposal.get("steps", ())]
        for text in texts:
            line = " ".join(text.split("\n")).strip(" ")
            assert typeset(line) == line
            assert re.findall(r"[^\u202f.…!?][;!?]|[^\u00a0]:|['\"]", line) == [], line
