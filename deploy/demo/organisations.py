"""The demo's organisations; their addresses are under the reserved `.example` (RFC 2606)."""

from collections.abc import Iterator

from deploy.demo.files import read_folder
from services.scheduling.domain.programme import OrganisationRecord


def organisations() -> Iterator[OrganisationRecord]:
    """Yield the partners that propose activities."""
    for document in read_folder("organisations"):
        for organisation in document["organisation"]:
            yield OrganisationRecord(
                source_id=organisation["id"],
                name=organisation["name"],
                email=organisation["email"],
            )
