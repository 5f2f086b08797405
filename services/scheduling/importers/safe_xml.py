"""Reading XML from anywhere in bounded memory and time, element by element, with line numbers.

A document type definition is refused whatever is in it: it is where entity bombs (billion laughs,
quadratic blow-up) and files read from elsewhere (XXE) come from, and no programme needs one.
"""

import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from lxml import etree

from services.scheduling.domain.importing import ImportRefused

#: The largest file that is read, in bytes. The largest real schedules have 5 MB.
LARGEST_FILE = 100 * 1024 * 1024
#: How many bytes may come without an element beginning: a tag with a million attributes costs a
#: gigabyte to read, and no “<” can stand in it.
LONGEST_STRETCH = 2 * 1024 * 1024
#: How many elements one record may have inside it, and the whole file.
MOST_ELEMENTS = 5_000
MOST_ELEMENTS_IN_ALL = 2_000_000
#: How many attributes one element may have.
MOST_ATTRIBUTES = 100
#: How deep elements may stand inside one another.
DEEPEST = 64

#: Is told how many bytes are read, and of how many.
Progress = Callable[[int, int], None]


@contextmanager
def open_document(
    path: Path, progress: Progress = lambda _done, _total: None
) -> Iterator["Document"]:
    """Open a file for `walk`. Raises `ImportRefused` for what is no file of a sane size."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise ImportRefused(f"{path} is a folder, not a file.")
        if not stat.S_ISREG(facts.st_mode):
            raise ImportRefused(f"{path} is not an ordinary file.")
        if facts.st_size == 0:
            raise ImportRefused(f"{path} is empty.")
        if facts.st_size > LARGEST_FILE:
            raise ImportRefused(
                f"{path} has {facts.st_size // 1024**2} MB; "
                f"a programme of more than {LARGEST_FILE // 1024**2} MB is not read."
            )
        stream = path.open("rb")
    except FileNotFoundError:
        raise ImportRefused(f"{path} does not exist.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImportRefused(f"{path} cannot be read: {reason}.") from error
    with stream:
        yield Document(path, stream, facts.st_size, progress)


class Document:
    """A file being read, which tells how far it is and never gives more than `LARGEST_FILE`."""

    def __init__(self, path: Path, stream: IO[bytes], size: int, progress: Progress) -> None:
        self.path = path
        self.size = size
        self._stream = stream
        self._progress = progress
        self._done = 0
        self._stretch = 0

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes, at most 64 KiB; raises `ImportRefused` if there are too many."""
        try:
            chunk = self._stream.read(min(count, 65536) if count > 0 else 65536)
        except OSError as error:
            raise ImportRefused(f"{self.path} cannot be read: {error.strerror}.") from error
        self._done += len(chunk)
        if self._done > LARGEST_FILE:
            raise ImportRefused(f"{self.path} grows while it is read.")
        last = chunk.rfind(b"<")
        self._stretch = len(chunk) - last if last >= 0 else self._stretch + len(chunk)
        if self._stretch > LONGEST_STRETCH:
            raise ImportRefused(
                f"{self.path} is no programme: more than {LONGEST_STRETCH // 1024**2} MB of it "
                f"are one text or one attribute."
            )
        self._progress(self._done, max(self.size, self._done))
        return chunk


def walk(document: Document, root: str, records: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield `("start", element)` for what surrounds records, and `("record", element)` for records.

    A record is an element named in `records`; it is whole when it is yielded and forgotten after.
    Of the elements around it (days, rooms) only names and attributes can be read, as they start;
    `("end", element)` follows. `root` is the document's first element. Raises `ImportRefused` for
    what is not XML, not of this root, or not sane.
    """
    parser = etree.iterparse(
        document,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _walk(document, parser, root, records)
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"{document.path} is not sound XML: {_plain(error)}.") from error
    except (etree.LxmlError, LookupError, UnicodeError, ValueError, MemoryError) as error:
        raise ImportRefused(f"{document.path} cannot be read as XML: {error}.") from error


def _walk(
    document: Document, parser: Any, root: str, records: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    depth = 0
    record_depth = 0
    elements = 0
    in_all = 0
    for event, element in parser:
        if event == "start":
            depth += 1
            in_all += 1
            if depth == 1:
                _check_root(document, element, root)
            elements = elements + 1 if record_depth else 0
            if (
                depth > DEEPEST
                or elements > MOST_ELEMENTS
                or in_all > MOST_ELEMENTS_IN_ALL
                or len(element.attrib) > MOST_ATTRIBUTES
            ):
                raise ImportRefused(
                    f"{document.path} is no programme: it has more elements or attributes than "
                    f"any, up to line {element.sourceline}."
                )
            if record_depth:
                continue
            if local_name(element) in records:
                record_depth = depth
            else:
                yield "start", element
        else:
            if record_depth == depth:
                yield "record", element
                record_depth = 0
            elif not record_depth:
                yield "end", element
            if not record_depth:
                _forget(element)
            depth -= 1


def local_name(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _check_root(document: Document, element: Any, root: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise ImportRefused(
            f"{document.path} has a document type definition, which is not read: remove it."
        )
    if local_name(element) != root:
        raise ImportRefused(
            f"{document.path} is XML, but no programme: it begins with "
            f"<{local_name(element)[:40]}>, not with <{root}>."
        )


def _forget(element: Any) -> None:
    """Free what is behind; the element itself must stay until its successor has ended."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _plain(error: Any) -> str:
    """Return the parser's reason in one line, with the place."""
    reason = str(error.msg or "it ends too early").split("\n")[0]
    reason = re.sub(r", (try|see) xml\w+\.?", "", reason, flags=re.IGNORECASE).strip().rstrip(".")
    return reason if not error.lineno or "line " in reason else f"{reason}, line {error.lineno}"
