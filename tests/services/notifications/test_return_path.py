"""Only what we signed names a mail."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.addresses import deliverable
from services.notifications.domain.return_path import ReturnPath

PATHS = ReturnPath("Bounces.fds.example", "a secret key of these tests, long enough")


@given(st.uuids())
def test_an_address_leads_back_to_its_mail_in_any_case(mail_id: UUID):
    address = PATHS.address_of(mail_id)
    assert [PATHS.mail_of(one) for one in (address, address.upper(), f"<{address}>")] == [
        mail_id
    ] * 3
    assert deliverable(address) == address
    assert PATHS.takes(address)


@given(st.uuids(), st.uuids(), st.text("0123456789abcdef", min_size=20, max_size=20))
def test_nobody_makes_one_up(mail_id: UUID, other: UUID, guess: str):
    address = PATHS.address_of(mail_id)
    signature = address.partition("-")[2]
    forged = [
        f"bounces+{other.hex}-{signature}",
        f"bounces+{mail_id.hex}-{guess}@{PATHS.domain}",
        address.replace(PATHS.domain, "elsewhere.example"),
        ReturnPath(PATHS.domain, "another key").address_of(mail_id),
        address.replace("+", ""),
        address.partition("@")[0],
    ]
    known = {address.lower()}
    assert [PATHS.mail_of(one) for one in forged if one.lower() not in known] == [None] * len(
        [one for one in forged if one.lower() not in known]
    )


@given(st.text())
def test_any_text_is_answered(text: str):
    assert PATHS.mail_of(text) is None


def test_complaints_have_an_address_that_names_no_mail():
    addresses = ("complaints@bounces.FDS.example", "postmaster@bounces.fds.example")
    assert [(PATHS.takes(one), PATHS.mail_of(one)) for one in addresses] == [
        (True, None),
        (False, None),
    ]
