"""The envelope in which every event travels."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Envelope:
    """One event with everything a consumer needs to take it once and in order.

    `position` is its gapless number at the publisher; `occurred_at` and `expires_at` are UTC.
    `data` holds JSON values; `contract.read(envelope.data)` gives them typed.
    """

    id: UUID
    type: str
    version: int
    aggregate_id: UUID
    aggregate_version: int
    occurred_at: datetime
    correlation_id: str
    data: dict[str, Any]
    position: int | None = None
    release_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def source(self) -> str:
        """Return the name of the service that published the event."""
        return self.type.partition(".")[0]

    def to_json(self) -> dict[str, Any]:
        """Return the envelope as JSON values; `data` is the envelope's own, not a copy."""
        return {
            "id": str(self.id),
            "type": self.type,
            "version": self.version,
            "aggregate_id": str(self.aggregate_id),
            "aggregate_version": self.aggregate_version,
            "occurred_at": self.occurred_at.isoformat(),
            "correlation_id": self.correlation_id,
            "data": self.data,
            "position": self.position,
            "release_id": str(self.release_id) if self.release_id else None,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
        }

    @classmethod
    def from_json(cls, message: dict[str, Any]) -> "Envelope":
        """Read an envelope; raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        release_id, expires_at = message.get("release_id"), message.get("expires_at")
        return cls(
            id=UUID(message["id"]),
            type=str(message["type"]),
            version=int(message["version"]),
            aggregate_id=UUID(message["aggregate_id"]),
            aggregate_version=int(message["aggregate_version"]),
            occurred_at=datetime.fromisoformat(message["occurred_at"]),
            correlation_id=str(message["correlation_id"]),
            data=dict(message["data"]),
            position=message.get("position"),
            release_id=UUID(release_id) if release_id else None,
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        )
