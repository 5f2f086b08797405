"""A token made in the console opens every service, and given up it opens none."""

from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE, Installation
from tests.system.organiser import Organiser

#: An address of each service that takes a token.
ADDRESSES = (
    "/api/v1/token",
    "/api/v1/registration/sessions?limit=1",
    "/api/v1/notifications/mails/counts",
)


def test_every_service_believes_a_token_until_it_is_given_up(installation: Installation) -> None:
    program = Organiser(installation)

    def is_answered(status: int) -> bool:
        return all(program.get(address).status_code == status for address in ADDRESSES)

    assert wait_until(lambda: is_answered(200), PATIENCE)

    def counted() -> list[int]:
        return [one["seats_taken"] for one in program.get(ADDRESSES[1]).json()["items"]]

    assert wait_until(lambda: len(counted()) == 1, PATIENCE)
    assert counted()[0] >= 0
    assert all(installation.get(address).status_code == 401 for address in ADDRESSES)

    given_up = program.delete("/api/v1/token")
    assert given_up.status_code == 204
    assert program.get(ADDRESSES[0]).status_code == 401
    assert wait_until(lambda: is_answered(401), PATIENCE)
