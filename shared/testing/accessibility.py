"""What axe-core and a ruler find wrong with a page that a browser shows."""

from functools import cache
from typing import TYPE_CHECKING

from shared.npm import npm_package

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Everything that WCAG 2.2 AA asks for and axe can tell, and what its authors advise.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What is still fading in would be measured half transparent: every movement comes to its end.
_COME_TO_REST = """
    for (const moving of document.getAnimations()) {
      if (Number.isFinite(moving.effect.getComputedTiming().endTime)) moving.finish();
    }
"""

_FAULTS = """
    async rules => {
      const {violations} = await axe.run(document, {runOnly: rules});
      const told = violations.map(({id, nodes}) =>
        `${id}: ${nodes.slice(0, 2).map(({html}) => html.slice(0, 90)).join(" | ")}`);
      const {scrollWidth, clientWidth} = document.documentElement;
      return scrollWidth > clientWidth ? [...told, "scrolls sideways"] : told;
    }
"""


@cache
def _axe() -> str:
    return (npm_package("axe-core") / "axe.min.js").read_text("utf-8")


def faults_of(page: "Page") -> list[str]:
    """Return what is wrong with a page as it is now, a line a rule: no line where nothing is."""
    page.evaluate(_axe())
    page.evaluate(_COME_TO_REST)
    found: list[str] = page.evaluate(_FAULTS, _RULES)
    return found
