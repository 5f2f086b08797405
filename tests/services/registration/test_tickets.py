"""Tickets: what was signed verifies, and nothing else does."""

from uuid import UUID

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.tickets import InvalidTicket, TicketSigner, verify
from shared.identifiers import new_id
from shared.testing.contexts import SECRET_KEY

SIGNER = TicketSigner(SECRET_KEY)
ID = UUID("0190a0f2-7d4e-7c3a-9a64-5a0f6f1f0a11")
TICKET = SIGNER.sign(ID)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. P1\n\xe9"


@given(st.uuids())
def test_a_ticket_tells_the_registration_that_it_was_signed_for(registration_id):
    assert SIGNER.verify(SIGNER.sign(registration_id)) == registration_id


@settings(max_examples=3000)
@given(st.integers(0, len(TICKET) - 1), st.sampled_from(ALPHABET))
def test_a_ticket_with_one_other_character_never_verifies(place, character):
    mutated = TICKET[:place] + character + TICKET[place + 1 :]
    if mutated == TICKET:
        assert SIGNER.verify(mutated) == ID
    else:
        with pytest.raises(InvalidTicket):
            SIGNER.verify(mutated)


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


def test_a_ticket_fits_a_small_qr_code():
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(TICKET)
    code.make(fit=True)
    assert code.version == 7
