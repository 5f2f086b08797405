"""Tickets: what was signed verifies, and nothing else does."""

import base64
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.tickets import InvalidTicket, TicketSigner, verify
from shared.identifiers import new_id
from shared.testing.contexts import SECRET_KEY

SIGNER = TicketSigner(SECRET_KEY)
ID = UUID("0190a0f2-7d4e-7c3a-9a64-5a0f6f1f0a11")
TICKET = SIGNER.sign(ID)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. P1\n\xe9"


def refused(text):
    """Tell whether a door sends this code away."""
    try:
        SIGNER.verify(text)
    except InvalidTicket:
        return True
    return False


@given(st.uuids())
def test_a_ticket_tells_the_registration_that_it_was_signed_for(registration_id):
    assert SIGNER.verify(SIGNER.sign(registration_id)) == registration_id


def test_a_ticket_with_one_other_character_never_verifies():
    """Every place, every other character: all that is printable, and some that are not."""
    others = [chr(code) for code in range(0x20, 0x7F)] + list("\n\t\0\xe9Р１")
    for place, character in product(range(len(TICKET)), others):
        if character != TICKET[place]:
            assert refused(TICKET[:place] + character + TICKET[place + 1 :]), (place, character)


@given(st.uuids(), st.data())
def test_a_ticket_of_any_registration_is_refused_once_it_is_changed(registration_id, data):
    ticket = SIGNER.sign(registration_id)
    place = data.draw(st.integers(0, len(ticket) - 1))
    character = data.draw(st.characters().filter(lambda one: one != ticket[place]))
    more = data.draw(st.text(min_size=1, max_size=20))
    for changed in (
        ticket[:place] + character + ticket[place + 1 :],
        ticket[:place] + more + ticket[place:],
        ticket[:place],
        ticket[place + 1 :],
        ticket + more,
    ):
        assert refused(changed), changed


@given(st.uuids())
def test_another_case_or_another_spelling_of_the_same_bytes_is_refused(registration_id):
    ticket = SIGNER.sign(registration_id)
    content = base64.urlsafe_b64decode(ticket[3:])
    spellings = {
        ticket.swapcase(),
        ticket.upper(),
        ticket.lower(),
        "p1." + ticket[3:],
        "P1." + base64.b64encode(content).decode(),
        "P1." + base64.encodebytes(content).decode(),
        "P1." + base64.b32encode(content).decode(),
        "P1." + content.hex(),
        *(ticket + tail for tail in ("=", "==", "\n", " ", "\0")),
        *(head + ticket for head in ("\n", " ", "P1.", "\ufeff")),
        ticket[:60] + "\n" + ticket[60:],
        "".join(chr(0xFEE0 + ord(one)) for one in ticket),
    }
    assert [text for text in spellings if text != ticket and not refused(text)] == []


@given(st.uuids(), st.binary(min_size=4, max_size=4), st.binary(min_size=64, max_size=64))
def test_another_key_id_or_another_signature_is_refused(registration_id, named, signature):
    ticket = SIGNER.sign(registration_id)
    content = base64.urlsafe_b64decode(ticket[3:])
    for changed in (named + content[4:], content[:20] + signature, content[:20] + bytes(64)):
        if changed != content:
            assert refused("P1." + base64.urlsafe_b64encode(changed).decode())


def test_a_signature_with_another_scalar_of_the_same_point_is_refused():
    """S + L verifies where an implementation forgets to check the range (RFC 8032, 5.1.7)."""
    order = 2**252 + 27742317777372353535851937790883648493
    content = base64.urlsafe_b64decode(TICKET[3:])
    scalar = int.from_bytes(content[52:], "little") + order
    changed = content[:52] + scalar.to_bytes(32, "little")
    assert refused("P1." + base64.urlsafe_b64encode(changed).decode())


@settings(max_examples=1000)
@given(st.integers(0, len(TICKET)), st.integers(0, len(TICKET)), st.text(ALPHABET, max_size=130))
def test_a_ticket_cut_and_spliced_never_verifies(start, end, text):
    mutated = TICKET[:start] + text + TICKET[end:]
    if mutated != TICKET:
        with pytest.raises(InvalidTicket):
            SIGNER.verify(mutated)


@settings(max_examples=500)
@given(st.text())
def test_other_texts_never_verify(text):
    with pytest.raises(InvalidTicket):
        SIGNER.verify(text)


def test_the_signature_of_one_ticket_does_not_fit_another():
    other = SIGNER.sign(new_id())
    with pytest.raises(InvalidTicket):
        SIGNER.verify(TICKET[:40] + other[40:])


def test_processes_with_the_same_secret_agree_and_others_do_not():
    assert TicketSigner(SECRET_KEY).sign(ID) == TICKET
    with pytest.raises(InvalidTicket):
        TicketSigner(SECRET_KEY + "x").verify(TICKET)


def test_a_door_that_keeps_an_old_public_key_still_admits_its_tickets():
    new = TicketSigner("another secret key, at least 32 characters")
    keys = {SIGNER.key_id: SIGNER.public_key, new.key_id: new.public_key}
    assert verify(TICKET, keys) == ID
    assert verify(new.sign(ID), keys) == ID
