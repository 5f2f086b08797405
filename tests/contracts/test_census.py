"""Every subscription is declared, every contract has a producer, and queues keep their names."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

from deploy.routes import SERVICES
from shared.contracts.census import EVENTS

ROOT = Path(__file__).parents[2]

#: Renaming a handler would strand its queue with the messages in it.
QUEUES = [
    "evt-notifications-mail_bounced--registration.note_bounced_mail",
    "evt-registration-links_requested--notifications.send_links",
    "evt-registration-message_written--notifications.tell_message",
    "evt-registration-registration_cancelled--notifications.tell_cancellation",
    "evt-registration-registration_changed--notifications.tell_change",
    "evt-registration-registration_made--notifications.confirm_registration",
    "evt-registration-registrations_erased--notifications.forget_registrations",
    "evt-registration-seats_counted--notifications.keep_seats",
    "evt-registration-seats_counted--scheduling.keep_seats",
    "evt-scheduling-account_invited--notifications.tell_invitation",
    "evt-scheduling-api_token_issued--notifications.keep_api_token",
    "evt-scheduling-api_token_issued--registration.keep_api_token",
    "evt-scheduling-api_token_revoked--notifications.drop_api_token",
    "evt-scheduling-api_token_revoked--registration.drop_api_token",
    "evt-scheduling-proposal_moved--notifications.tell_proposal",
    "evt-scheduling-proposals_reminded--notifications.remind_of_proposals",
    "evt-scheduling-release_published--registration.close_release",
    "evt-scheduling-session_published--notifications.announce_session",
    "evt-scheduling-session_published--notifications.keep_session",
    "evt-scheduling-session_published--registration.keep_session",
    "evt-scheduling-sessions_rescheduled--notifications.tell_partner",
    "evt-scheduling-sign_in_requested--notifications.send_way_in",
    "evt-scheduling-sign_in_revoked--notifications.keep_revocation",
    "evt-scheduling-sign_in_revoked--registration.keep_revocation",
    "evt-scheduling-site_described--notifications.keep_site",
    "evt-scheduling-site_described--registration.keep_site",
    "evt-scheduling-stop_moved--notifications.tell_stop",
    "evt-scheduling-stop_option_reminded--notifications.remind_of_option",
]

#: A worker's modules run on eventlet, so they are looked at in a process of their own.
_LIST_HANDLERS = """
import deploy.green, json
from importlib import import_module
from deploy.routes import SERVICES
from shared.messaging.nameko_adapter import handlers_of
found = []
for name in SERVICES:
    service = getattr(import_module(f"services.{name}.service"), f"{name.capitalize()}Service")
    for handler, _ in handlers_of(service).values():
        found.append([handler.queue, handler.event.type, handler.event.version, handler.kind])
print(json.dumps(found))
"""


def handlers():
    listed = subprocess.run(
        [sys.executable, "-c", _LIST_HANDLERS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(listed.stdout)


def test_queues_keep_their_names_and_subscriptions_are_declared():
    found = handlers()

    assert sorted(queue for queue, *_ in found) == QUEUES
    for _, event_type, version, kind in found:
        assert EVENTS[event_type].version == version
        assert kind in ("copy", "reaction")


def contracts_named_in(path):
    """Return the types of the contracts that a module imports."""
    tree = ast.parse(path.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        f"{node.module.rpartition('.')[2]}.{name.name.lower()}"
        for node in imports
        if (node.module or "").startswith("shared.contracts.")
        for name in node.names
    } & set(EVENTS)


def records(path):
    return "shared.messaging.outbox" in path.read_text()


def test_every_contract_has_a_producer_and_nobody_records_for_another():
    produced = set()
    for service in SERVICES:
        recording = [path for path in (ROOT / "services" / service).rglob("*.py") if records(path)]
        named = set().union(*map(contracts_named_in, recording))
        assert {event_type.partition(".")[0] for event_type in named} <= {service}
        produced |= named

    assert produced == set(EVENTS)


def test_a_service_imports_no_other_service():
    for service in SERVICES:
        others = "|".join(other for other in SERVICES if other != service)
        for path in (ROOT / "services" / service).rglob("*.py"):
            assert not re.search(rf"^\s*(from|import) services\.({others})", path.read_text(), re.M)
