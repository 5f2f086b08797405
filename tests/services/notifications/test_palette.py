"""The mails wear the site's colours."""

import re
from pathlib import Path

import pytest

from services.notifications.domain.palette import DARK, LIGHT

TOKENS = Path(__file__).parents[3] / "shared/web/static/parvis.css/10-tokens.css"


@pytest.mark.parametrize(("scheme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_colours_are_the_sites(scheme: str, colours: dict[str, str]) -> None:
    light, _, dark = TOKENS.read_text().partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark if scheme == "dark" else light))
    assert {name: found.get(name.replace("_", "-")) for name in colours} == colours
