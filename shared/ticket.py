"""The QR image of a ticket. What it says is registration's; here it only becomes visible."""

import io

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_M, ERROR_CORRECT_Q

#: The largest symbol: 57 modules a side, which a phone reads from a screen at arm's length.
LARGEST_VERSION = 10
#: The longest payload, in characters: what a symbol of version 10 carries with error correction M,
#: whatever the characters (ISO/IEC 18004, table 7).
LONGEST_PAYLOAD = 213
#: What a symbol of version 10 carries, by error correction, the strongest first: as much of it as
#: fits, for screens that are cracked (docs/decisions/tickets-are-read-from-cracked-screens.md).
_CARRIES = ((119, ERROR_CORRECT_H), (151, ERROR_CORRECT_Q), (LONGEST_PAYLOAD, ERROR_CORRECT_M))
#: The blank margin around the symbol, in modules (ISO/IEC 18004, section 6.3.8).
QUIET_ZONE = 4
#: Which of the eight masks is laid over the data. To try all and take the best, as ISO/IEC 18004
#: section 7.8 has it, costs 7 ms of the 9 that an image takes; a ticket ends in a signature, whose
#: bits are as good as random, so that no mask is better than another.
MASK_PATTERN = 3


def qr_png(payload: str, *, scale: int = 8) -> bytes:
    """Return a black on white PNG of the QR code, `scale` pixels to a module.

    Raises `ValueError` when the payload is empty, too long, or not printable ASCII: a QR code does
    not say its encoding, and readers guess differently.
    """
    if scale < 1:
        raise ValueError("A module of a QR code needs at least one pixel.")
    modules = _code(payload).get_matrix()
    side = len(modules)
    pixels = bytes(0 if is_dark else 255 for row in modules for is_dark in row)
    image = Image.frombytes("L", (side, side), pixels).convert("1", dither=Image.Dither.NONE)
    output = io.BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(output, format="PNG")
    return output.getvalue()


def qr_svg(payload: str) -> str:
    """Return the QR code as an `<svg>` element to put into a page.

    It has no size of its own, no name for assistive technology (the page gives it `role="img"` and
    a label) and no style attribute, which a strict CSP refuses. It is dark on white with its quiet
    zone whatever the page's colours, so that it scans in dark mode. Raises as `qr_png` does.
    """
    modules = _code(payload).get_matrix()
    side = len(modules)
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )


def _code(payload: str) -> qrcode.QRCode:
    if not payload:
        raise ValueError("A QR code needs a payload.")
    if not (payload.isascii() and payload.isprintable()):
        raise ValueError("The payload of a QR code must be printable ASCII.")
    if len(payload) > LONGEST_PAYLOAD:
        raise ValueError(
            f"The payload of a QR code has {len(payload)} characters; "
            f"it can have {LONGEST_PAYLOAD}."
        )
    correction = next(level for carries, level in _CARRIES if len(payload) <= carries)
    code = qrcode.QRCode(error_correction=correction, border=QUIET_ZONE, mask_pattern=MASK_PATTERN)
    code.add_data(payload)
    code.make(fit=True)
    return code


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return where each run of dark modules of a row starts, and its length."""
    runs = []
    start = None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            runs.append((start, x - start))
            start = None
    return runs
