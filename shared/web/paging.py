"""A long list in numbered pages, with how many there are of everything."""

from dataclasses import dataclass

from shared.web.addresses import address_with

#: How many pages are named around the one being shown.
NEIGHBOURS = 2

#: Characters of a search; nobody types more.
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Page:
    """One page of a list of `total` rows; numbers start at 1."""

    number: int
    size: int
    total: int

    @property
    def last_number(self) -> int:
        """Return the number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """Return how many rows come before the page's first."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """Return the place of the page's first row, counted from 1; 0 in an empty list."""
        return self.offset + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Return the place of the page's last row."""
        return min(self.total, self.offset + self.size)

    @property
    def previous_href(self) -> str | None:
        """Return the address of the page before."""
        return self.href(self.number - 1) if self.number > 1 else None

    @property
    def next_href(self) -> str | None:
        """Return the address of the page after."""
        return self.href(self.number + 1) if self.number < self.last_number else None

    def href(self, number: int) -> str:
        """Return the address of this list's page with that number."""
        return address_with(page=number if number > 1 else None)

    @property
    def numbers(self) -> list[int | None]:
        """Return the pages to name: the ends and the neighbours, `None` where some are left out."""
        near = range(self.number - NEIGHBOURS, self.number + NEIGHBOURS + 1)
        named = sorted({1, self.last_number, *(n for n in near if 1 <= n <= self.last_number)})
        shown: list[int | None] = []
        for before, number in zip([0, *named], named, strict=False):
            if number - before == 2:
                shown.append(number - 1)
            elif number - before > 2:
                shown.append(None)
            shown.append(number)
        return shown


def read_page(text: str | None, *, size: int, total: int) -> Page:
    """Return the page that an address asks for; what is no page of the list gives the nearest."""
    wanted = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
    page = Page(1, size, total)
    return Page(min(max(wanted, 1), page.last_number), size, total)


def read_words(text: str | None) -> str:
    """Return the words that somebody looks for, without what no text in a database can hold."""
    return " ".join((text or "").replace("\x00", "").split())[:LONGEST_SEARCH]
