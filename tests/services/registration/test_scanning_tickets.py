"""Tickets are read from screens that are cracked and out of focus, by two unrelated readers."""

import io
import math
import random
from uuid import UUID

import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from pyzbar import pyzbar

from services.registration.domain.tickets import TicketSigner
from shared.testing.contexts import SECRET_KEY
from shared.ticket import LARGEST_VERSION, QUIET_ZONE, qr_png

SIGNER = TicketSigner(SECRET_KEY)
IDS = [UUID(int=(2**127 // 3) * number + number) for number in range(1, 4)]

#: The side of the picture that a phone takes of the code, in pixels.
SIDE = 480

#: Modules of a corner where a reader finds the code.
CORNER = 8


def photographed(ticket):
    """Return the code as it is on a screen, and how many modules it has a side."""
    image = Image.open(io.BytesIO(qr_png(ticket, scale=8))).convert("L")
    modules = image.width // 8 - 2 * QUIET_ZONE
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), modules


def cracked(image, modules, share, seed):
    """Draw cracks from one impact, over a share of the code; its three corners stay whole."""
    module = SIDE / (modules + 2 * QUIET_ZONE)
    low, high = QUIET_ZONE * module, SIDE - QUIET_ZONE * module
    corner = CORNER * module
    corners = [(low, low), (high - corner, low), (low, high - corner)]
    chance = random.Random(seed)  # noqa: S311 - cracks, not keys
    glass, drawn = image.copy(), Image.new("L", image.size, 0)
    middle = [chance.uniform(low + 0.3 * (high - low), high - 0.3 * (high - low)) for _ in "xy"]

    def is_code(x, y):
        in_corner = any(a <= x < a + corner and b <= y < b + corner for a, b in corners)
        return low <= x < high and low <= y < high and not in_corner

    while sum(1 for one in drawn.tobytes() if one) < share * (high - low) ** 2:
        angle, colour = chance.uniform(0, 2 * math.pi), chance.choice((255, 150, 0))
        x, y = middle
        while True:
            angle += chance.uniform(-0.12, 0.12)
            line = [(x, y), (x := x + module * math.cos(angle), y := y + module * math.sin(angle))]
            if not is_code(x, y):
                break
            ImageDraw.Draw(glass).line(line, fill=colour, width=3)
            ImageDraw.Draw(drawn).line(line, fill=255, width=3)
    return glass


def readers(image):
    """Return what each reader reads."""
    zbar = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return (
        [symbol.data.decode() for symbol in zbar],
        [symbol.text for symbol in zxingcpp.read_barcodes(image)],
    )


def test_a_ticket_is_a_code_of_version_10_with_the_strongest_correction():
    ticket = SIGNER.sign(IDS[0])
    _, modules = photographed(ticket)
    assert modules == 17 + 4 * LARGEST_VERSION == 57
    strongest = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_H)
    strongest.add_data(ticket)
    assert strongest.best_fit() == LARGEST_VERSION


@pytest.mark.parametrize("registration_id", IDS, ids=lambda one: str(one)[:4])
def test_a_ticket_is_read_out_of_focus_and_with_little_light(registration_id):
    ticket = SIGNER.sign(registration_id)
    image, _ = photographed(ticket)
    dull = image.filter(ImageFilter.GaussianBlur(2.5)).point(lambda grey: 60 + grey // 3)
    assert readers(dull) == ([ticket], [ticket])


@pytest.mark.parametrize("registration_id", IDS, ids=lambda one: str(one)[:4])
def test_a_ticket_is_read_through_cracks_over_a_fifteenth_of_it(registration_id):
    ticket = SIGNER.sign(registration_id)
    image, modules = photographed(ticket)
    seen = cracked(image, modules, 0.07, seed=registration_id.int).filter(
        ImageFilter.GaussianBlur(1.2)
    )
    assert readers(seen) == ([ticket], [ticket])
