"""What mail servers send back, read: reports on delivery (RFC 3464) and complaints (RFC 5965).

Both are `multipart/report` (RFC 6522, which was RFC 3462). Everything in them was written by
somebody else: whatever is not such a report, or cannot be read, is None. Which mail it is about is
never taken from here but from a signed address: see `return_path.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Literal

from services.notifications.domain.text_safety import one_line

#: What a report says: it will not arrive, it is late, it went on or arrived, it was complained of.
Kind = Literal["failed", "delayed", "relayed", "complaint"]

#: The longest text that is kept of what a server said, in characters.
LONGEST_WORDS = 300

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")

#: The actions of RFC 3464, section 2.3.3, the weightiest last.
_ACTIONS: dict[str, Kind] = {
    "expanded": "relayed",
    "relayed": "relayed",
    "delivered": "relayed",
    "delayed": "delayed",
    "failed": "failed",
}
_WEIGHTS: tuple[Kind, ...] = ("relayed", "delayed", "failed")

_DELIVERY = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK = "message/feedback-report"
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")

#: Complaints by a person; "not-spam" is the opposite, and others are written by programs.
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")

#: Permanent failures that are about the mailbox itself (RFC 3463): no such mailbox, domain or
#: route, moved without a new address, disabled. What is about our mail (too big, not wanted: 5.3,
#: 5.6, 5.7), about us (5.1.7, 5.1.8) or may pass (a full mailbox, 5.2.2) is not.
_OF_THE_MAILBOX = re.compile(r"5\.1\.(0|1|2|3|4|6|10)|5\.2\.1|5\.4\.[46]|5\.0\.0")


@dataclass(frozen=True)
class Report:
    """One report; `status` is an enhanced status code, `words` what the server said.

    `return_paths` are the addresses that the mail is said to have come from: signed or not, whoever
    uses them checks.
    """

    kind: Kind
    status: str | None
    words: str
    return_paths: tuple[str, ...] = ()

    @property
    def is_hard(self) -> bool:
        """Tell whether the address itself does not take mail."""
        return self.kind == "failed" and is_hard(self.status)


def is_hard(status: str | None) -> bool:
    """Tell whether a status says that there is no use in writing to the address again."""
    return status is not None and _OF_THE_MAILBOX.fullmatch(status) is not None


def status_in(words: str) -> str | None:
    """Return the enhanced status code in what a server said (RFC 2034), if there is one."""
    found = _STATUS.search(words)
    return found[0] if found else None


def read_report(data: bytes) -> Report | None:
    """Read what came back; None for whatever is no report that concerns anybody."""
    try:
        message = message_from_bytes(data)
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if message.get_content_type() != "multipart/report":
            return None
        return _complaint(parts) or _delivery(parts)
    except Exception:  # hostile mail finds ways through `email` that nobody thought of
        return None


def _delivery(parts: list[Message]) -> Report | None:
    told = [part for part in parts[1:] if part.get_content_type() in _DELIVERY]
    if not told:
        return None
    reports = [report for block in _blocks(told[0]) if (report := _of_recipient(block))]
    return max(reports, key=lambda one: _WEIGHTS.index(one.kind), default=None)


def _of_recipient(block: Message) -> Report | None:
    kind = _ACTIONS.get(str(block.get("Action", "")).strip().lower())
    if kind is None:
        return None
    status = status_in(str(block.get("Status", "")))
    said = str(block.get("Diagnostic-Code", "")).partition(";")
    words = one_line(said[2] or said[0], longest=LONGEST_WORDS)
    return Report(kind, status, words or status or kind)


def _complaint(parts: list[Message]) -> Report | None:
    told = [part for part in parts[1:] if part.get_content_type() == _FEEDBACK]
    if not told:
        return None
    [fields, *_more] = _blocks(told[0])
    feedback = str(fields.get("Feedback-Type", "")).strip().lower()
    if feedback not in _COMPLAINTS:
        return None
    agent = one_line(str(fields.get("User-Agent", "")), longest=LONGEST_WORDS)
    sources = [str(fields.get("Original-Mail-From", ""))]
    for part in parts:
        if part.get_content_type() in _ORIGINAL:
            sources += [str(value) for value in _original(part).get_all("Return-Path", ())]
    return Report("complaint", None, agent or feedback, tuple(filter(None, sources)))


def _original(part: Message) -> Message:
    """Return the headers of the mail that the report is about."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    body = part.get_payload(decode=True)
    return message_from_bytes(body if isinstance(body, bytes) else b"")


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields of a report; `email` splits only some kinds of it by itself."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        body = part.get_payload(decode=True)
        payload = [message_from_bytes(body if isinstance(body, bytes) else b"")]
    for block in payload:
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str):
                for group in re.split(r"\r?\n\r?\n", rest):
                    yield message_from_bytes(group.lstrip("\r\n").encode(errors="replace"))
