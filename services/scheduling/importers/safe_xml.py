"""Reading XML from anywhere in bounded memory and time, element by element, with line numbers.

A document type definition is refused whatever is in it: it is where entity bombs (billion laughs,
quadratic blow-up) and files read from elsewhere (XXE) come from, and no programme needs one.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from services.scheduling.domain.importing import ImportRefused
from services.scheduling.importers.given_file import (
    LARGEST_FILE,
    GivenFile,
    Progress,
    no_progress,
)
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _l

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


class Document:
    """A file being read, which tells how far it is and never gives more than `LARGEST_FILE`."""

    def __init__(self, file: GivenFile, progress: Progress = no_progress) -> None:
        self.name = file.name
        self._file = file
        self._progress = progress
        self._done = 0
        self._stretch = 0

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes, at most 64 KiB; raises `ImportRefused` if there are too many."""
        try:
            chunk = self._file.stream.read(min(count, 65536) if count > 0 else 65536)
        except OSError as error:
            raise self._file.refused(error) from error
        self._done += len(chunk)
        if self._done > LARGEST_FILE:
            raise ImportRefused(_l("%(name)s grandit pendant qu’on le lit.", name=self.name))
        last = chunk.rfind(b"<")
        self._stretch = len(chunk) - last if last >= 0 else self._stretch + len(chunk)
        if self._stretch > LONGEST_STRETCH:
            raise ImportRefused(
                _l(
                    "%(name)s n’est pas un programme : un seul texte ou un seul attribut y fait "
                    "plus de %(n)s Mo.",
                    name=self.name,
                    n=LONGEST_STRETCH // 1024**2,
                )
            )
        self._progress(self._done, max(self._file.size, self._done))
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
        raise ImportRefused(
            _l(
                "%(name)s n’est pas du XML bien formé : %(why)s.",
                name=document.name,
                why=_plain(error),
            )
        ) from error
    except (etree.LxmlError, LookupError, UnicodeError, ValueError, MemoryError) as error:
        raise ImportRefused(
            _l("%(name)s ne peut être lu comme du XML : %(why)s.", name=document.name, why=error)
        ) from error


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
                    _l(
                        "%(name)s n’est pas un programme : il a plus d’éléments ou d’attributs "
                        "qu’aucun, jusqu’à la ligne %(line)s.",
                        name=document.name,
                        line=element.sourceline,
                    )
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
            _l(
                "%(name)s contient une définition de type de document (DTD), qui n’est pas lue : "
                "retirez-la.",
                name=document.name,
            )
        )
    if local_name(element) != root:
        raise ImportRefused(
            _l(
                "%(name)s est du XML, mais pas un programme : il commence par <%(found)s>, et non "
                "par <%(root)s>.",
                name=document.name,
                found=local_name(element)[:40],
                root=root,
            )
        )


def _forget(element: Any) -> None:
    """Free what is behind; the element itself must stay until its successor has ended."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _plain(error: Any) -> str | LazyText:
    """Return the parser's reason in one line, with the place; it speaks English."""
    if not error.msg:
        return _l("il finit trop tôt")
    reason = str(error.msg).split("\n")[0]
    reason = re.sub(r", (try|see) xml\w+\.?", "", reason, flags=re.IGNORECASE).strip().rstrip(".")
    return reason if not error.lineno or "line " in reason else f"{reason}, line {error.lineno}"
