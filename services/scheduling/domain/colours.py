"""Colours that text can be read in, whatever was asked for (WCAG 2.2, success criterion 1.4.3)."""

#: The contrast that text of any size needs with its ground.
ENOUGH = 4.5

Rgb = tuple[int, int, int]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (`0f4a41`), from 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(_read(one)), _luminance(_read(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, *, on: str) -> str:
    """Return the colour, made darker or lighter until it can be read on a ground."""
    target = (0, 0, 0) if _luminance(_read(on)) > 0.18 else (255, 255, 255)
    wanted = _read(colour)
    for step in range(21):
        share = step / 20
        mixed = tuple(
            round(have + (want - have) * share) for have, want in zip(wanted, target, strict=True)
        )
        found = "".join(f"{part:02x}" for part in mixed)
        if contrast(found, on) >= ENOUGH:
            return found
    return "".join(f"{part:02x}" for part in target)


def _read(colour: str) -> Rgb:
    return int(colour[0:2], 16), int(colour[2:4], 16), int(colour[4:6], 16)


def _luminance(colour: Rgb) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
