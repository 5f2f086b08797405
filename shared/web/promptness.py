"""Pages that answer by a deadline, whatever the database does."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.deadlines import answer_within

#: Seconds in which people and programs are answered, be it with "try again". A second is left for
#: the page and the way there.
PATIENCE = 4.0

Application = Callable[..., Iterable[bytes]]


class Prompt:
    """A WSGI application around another one, with a deadline on what is under some paths."""

    def __init__(self, application: Application, paths: tuple[str, ...]) -> None:
        self._application = application
        self._paths = paths

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, under the deadline where the path is one of those."""
        if not environ.get("PATH_INFO", "").startswith(self._paths):
            return self._application(environ, start_response)
        with answer_within(PATIENCE):
            return self._application(environ, start_response)
