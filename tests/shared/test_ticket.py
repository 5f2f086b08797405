"""The QR image of a ticket, read back by two unrelated decoders."""

import io
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pyzbar import pyzbar

from shared.ticket import LONGEST_PAYLOAD, QUIET_ZONE, qr_png, qr_svg

TICKET = "PARVIS1.AZkd3mXQ7b2yR0hT" + "aB3_-xYz9" * 12
SIDE_OF_VERSION_10 = 57

payloads = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


def decoded(image: Image.Image) -> dict[str, list[str]]:
    grey = image.convert("L")
    return {
        "zbar": [
            symbol.data.decode()
            for symbol in pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
        ],
        "zxing": [symbol.text for symbol in zxingcpp.read_barcodes(grey)],
    }


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=["PNG"])


def drawn(svg: str, scale: int = 4) -> Image.Image:
    """Draw the square and the runs of an SVG, as a browser would."""
    [side] = re.findall(r'viewBox="0 0 (\d+) \1"', svg)
    assert f'<rect width="{side}" height="{side}" fill="#fff"/>' in svg
    # What is behind is as dark as the modules: only the white square can make the quiet zone.
    image = Image.new("L", ((int(side) + 8) * scale,) * 2, 0)
    draw = ImageDraw.Draw(image)

    def paint(x: int, y: int, width: int, height: int, colour: int) -> None:
        corner = (x + 4) * scale, (y + 4) * scale
        far = corner[0] + width * scale - 1, corner[1] + height * scale - 1
        draw.rectangle((corner, far), fill=colour)

    paint(0, 0, int(side), int(side), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        paint(int(x), int(y), int(width), 1, 0)
    return image


@settings(max_examples=40, deadline=None)
@given(payloads.filter(lambda payload: len(payload) <= LONGEST_PAYLOAD))
def test_two_decoders_read_any_payload_back(payload: str) -> None:
    expected = {"zbar": [payload], "zxing": [payload]}
    assert decoded(opened(qr_png(payload))) == expected


@pytest.mark.parametrize("scale", [3, 4, 8, 12])
def test_two_decoders_read_a_ticket_at_every_size(scale: int) -> None:
    assert decoded(opened(qr_png(TICKET, scale=scale))) == {"zbar": [TICKET], "zxing": [TICKET]}


def test_two_decoders_read_the_svg_on_a_dark_page() -> None:
    assert decoded(drawn(qr_svg(TICKET))) == {"zbar": [TICKET], "zxing": [TICKET]}


@pytest.mark.parametrize("characters", ["a", "A", "7", "aB3_-xYz", "A" * 20 + "7" * 20 + "z" * 20])
def test_the_longest_payload_fits_into_version_10(characters: str) -> None:
    payload = (characters * LONGEST_PAYLOAD)[:LONGEST_PAYLOAD]
    image = opened(qr_png(payload, scale=1))
    assert image.width <= SIDE_OF_VERSION_10 + 2 * QUIET_ZONE
    assert decoded(opened(qr_png(payload, scale=5))) == {"zbar": [payload], "zxing": [payload]}


def test_the_png_is_black_on_white_with_a_quiet_zone() -> None:
    image = opened(qr_png(TICKET, scale=2)).convert("L")
    margin = QUIET_ZONE * 2
    assert set(image.tobytes()) == {0, 255}
    assert set(image.crop((0, 0, image.width, margin)).tobytes()) == {255}
    assert set(image.crop((0, 0, margin, image.height)).tobytes()) == {255}
    assert image.getpixel((margin, margin)) == 0


def test_the_same_payload_makes_the_same_image() -> None:
    assert (qr_png(TICKET), qr_svg(TICKET)) == (qr_png(TICKET), qr_svg(TICKET))


def test_the_svg_needs_neither_style_nor_script() -> None:
    assert not re.search(r"style|script|class=|on\w+=|currentColor", qr_svg(TICKET))


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ("", "needs a payload"),
        ("a" * (LONGEST_PAYLOAD + 1), "has 214 characters; it can have 213"),
        ("é", "printable ASCII"),
        ("a\nb", "printable ASCII"),
    ],
)
def test_what_does_not_scan_everywhere_is_refused(payload: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        qr_svg(payload)


def test_a_module_has_at_least_one_pixel() -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        qr_png(TICKET, scale=0)
