"""What the operator sees while packages are installed: a bar, or a line now and then."""

import sys

_WIDTH = 24


def say(sentence: str) -> None:
    """Print one line."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


class Bar:
    """A bar that fills on a terminal; elsewhere, a line for every ten per cent."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._terminal = sys.stderr.isatty()
        self._shown = -1

    def show(self, share: float, what: str) -> None:
        """Show that a share (0 to 1) is done, and what is being done; it never goes back."""
        percent = max(int(share * 100), self._shown)
        if self._terminal:
            filled = "█" * (percent * _WIDTH // 100)
            line = f"{self._title}  {filled:░<{_WIDTH}} {percent:3d} %  {what}"
            sys.stderr.write("\r\x1b[K" + line[:100])
            sys.stderr.flush()
            self._shown = percent
        elif percent >= self._shown // 10 * 10 + 10 or self._shown < 0:
            say(f"{self._title} {percent:3d} %  {what}")
            self._shown = percent

    def close(self) -> None:
        """End the bar's line."""
        if self._terminal:
            sys.stderr.write("\n")
            sys.stderr.flush()
