"""The console's navigation: what its pages are called, where they are, which of them is shown.

The pages of an edition have it in their address, `/console/editions/{slug}/…`; the edition that
was looked at last is remembered in a cookie, for the pages that have none in theirs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import Flask, Response, current_app, request

from shared.i18n import LazyText, current_locale
from shared.i18n import lazy_gettext as _
from shared.web.parts import current_context
from shared.web.sign_in import SignedInAccount, current_account

#: Holds the slug of the edition that was looked at last.
COOKIE = "parvis_edition"

#: Under `/console/editions/`, what is no edition's slug.
NOT_A_SLUG = ("new",)

_IN_EDITION = re.compile(r"/console/editions/([^/]+)")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True)
class Entry:
    """One page of the navigation.

    `path` begins with a slash, or is a page of the current edition: `sessions`. `also` are the
    other paths that belong to it; `roles` are those it is shown to, everybody if there are none.
    """

    label: LazyText
    path: str
    also: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    counts_pending: bool = False


@dataclass(frozen=True)
class Section:
    """Entries under one heading; `has_tabs` when the bar shows the heading alone."""

    label: LazyText | None
    entries: tuple[Entry, ...]
    has_tabs: bool = False


COORDINATION = ("coordinator",)

#: Who reads the whole programme, and who reads of the places that are theirs too.
READERS = ("coordinator", "organiser", "reader")
PLACES = (*READERS, "venue")

CONSOLE = (
    Section(None, (Entry(_("Accueil"), "/console"),)),
    Section(
        _("Programme"),
        (
            Entry(_("Séances"), "sessions", roles=READERS),
            Entry(_("Planning"), "planner", roles=READERS),
            Entry(_("Conflits"), "conflicts", roles=READERS),
            Entry(_("Animations"), "activities", roles=READERS),
            Entry(_("Projets"), "proposals", also=("rules",), roles=READERS),
        ),
    ),
    Section(
        _("Partenaires"),
        (
            Entry(
                _("Lieux"),
                "/console/venues",
                also=("/console/feeds/venues", "/console/absences/spaces"),
                roles=PLACES,
            ),
            Entry(
                _("Structures"),
                "/console/organisations",
                also=("/console/feeds/organisations", "/console/absences/organisations"),
                roles=READERS,
            ),
            Entry(
                _("Intervenants"),
                "/console/presenters",
                also=("/console/feeds/presenters", "/console/absences/presenters"),
                roles=READERS,
            ),
            Entry(_("Communes"), "/console/communes", roles=COORDINATION),
            Entry(_("Doublons"), "/console/duplicates", roles=COORDINATION),
        ),
        has_tabs=True,
    ),
    Section(
        _("Matériel"),
        (
            Entry(
                _("Matériel"),
                "/console/resources",
                also=("/console/absences/resources",),
                roles=READERS,
            ),
            Entry(_("Itinérances"), "/console/tours", roles=PLACES),
        ),
        has_tabs=True,
    ),
    Section(
        _("Diffusion"),
        (
            Entry(
                _("Publication"), "changes", also=("releases",), roles=READERS, counts_pending=True
            ),
        ),
    ),
    Section(
        _("Inscriptions"),
        (
            Entry(_("Listes"), "/console/registration", roles=PLACES),
            Entry(_("Remplissage"), "/console/registration/occupancy", roles=PLACES),
            Entry(_("Appels"), "/console/registration/calls", roles=PLACES),
            Entry(
                _("Données personnelles"),
                "/console/registration/personal-data",
                also=("/console/registration/processing-record",),
                roles=COORDINATION,
            ),
        ),
        has_tabs=True,
    ),
    Section(
        _("Échanges"),
        (
            Entry(_("Courriels"), "/console/mails", roles=COORDINATION),
            Entry(_("Lettre"), "/console/newsletter", roles=COORDINATION),
            Entry(_("Exports"), "exports", roles=READERS),
            Entry(_("Imports"), "/console/imports", roles=COORDINATION),
            Entry(_("Jetons d’API"), "/console/tokens", roles=COORDINATION),
            Entry(
                _("Webhooks"),
                "/console/notifications/webhooks",
                roles=("coordinator", "organiser"),
            ),
        ),
        has_tabs=True,
    ),
    Section(
        _("Réglages"),
        (
            Entry(_("Éditions"), "/console/editions", also=("/console/festivals",), roles=READERS),
            Entry(_("Comptes"), "/console/accounts", roles=COORDINATION),
            Entry(_("Textes légaux"), "/console/texts", roles=COORDINATION),
            Entry(_("Historique"), "/console/history", roles=COORDINATION),
            Entry(_("Noms consultés"), "/console/names-log", roles=COORDINATION),
        ),
        has_tabs=True,
    ),
    Section(
        _("Messages"),
        (
            Entry(_("Programme"), "/console/scheduling/messages", roles=COORDINATION),
            Entry(_("Inscriptions"), "/console/registration/messages", roles=COORDINATION),
            Entry(_("Courriels"), "/console/notifications/messages", roles=COORDINATION),
        ),
        has_tabs=True,
    ),
)


@dataclass(frozen=True)
class EditionName:
    """An edition as the switcher lists it."""

    slug: str
    name_fr: str
    name_en: str | None = None

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if current_locale() == "en" and self.name_en else self.name_fr


@dataclass(frozen=True)
class ConsoleFacts:
    """What the frame shows of the data: the editions, and how many changes wait in this one."""

    editions: Sequence[EditionName] = ()
    pending: int = 0


#: Finds the facts for the slug of the current edition, if there is one.
FindFacts = Callable[[str | None], ConsoleFacts]


@dataclass(frozen=True)
class ShownEntry:
    """An entry as a page shows it."""

    label: LazyText
    href: str
    is_current: bool
    badge: int = 0


@dataclass(frozen=True)
class ShownSection:
    """A section as a page shows it."""

    label: LazyText | None
    entries: tuple[ShownEntry, ...]
    has_tabs: bool

    @property
    def is_current(self) -> bool:
        """Tell whether the page being shown is one of the section's."""
        return any(entry.is_current for entry in self.entries)


@dataclass(frozen=True)
class Frame:
    """All that stands around a page of the console."""

    account: SignedInAccount
    sections: tuple[ShownSection, ...]
    editions: Sequence[EditionName]
    edition: EditionName | None

    @property
    def changes_edition(self) -> bool:
        """Tell whether the pages of editions are open to this account."""
        return self.account.has_role(*READERS)

    @property
    def pending(self) -> int:
        """Return how many changes wait to be released."""
        return sum(entry.badge for section in self.sections for entry in section.entries)

    @property
    def tabs(self) -> tuple[ShownEntry, ...]:
        """Return the pages of the current section, where they stand in a row of their own."""
        current = [section for section in self.sections if section.is_current and section.has_tabs]
        return current[0].entries if current else ()


def install_console(app: Flask) -> None:
    """Give the templates of the console their frame, and remember the edition looked at."""
    app.jinja_env.globals["console_frame"] = console_frame
    app.after_request(_remember_edition)


def tell_console(app: Flask, find: FindFacts) -> None:
    """Let the console of this application know the editions, found once for each page."""
    app.extensions["parvis_console_facts"] = find


def current_edition_slug() -> str | None:
    """Return the slug of the edition in the address, else of the one that was looked at last."""
    found = _IN_EDITION.match(request.path)
    slug = found[1] if found else None
    if slug is None or slug in NOT_A_SLUG:
        slug = request.cookies.get(COOKIE, "")
    return slug if _SLUG.fullmatch(slug) else None


def console_frame() -> Frame | None:
    """Return the frame of the page being shown; nobody signed in, none."""
    account = current_account()
    if account is None:
        return None
    slug = current_edition_slug()
    find: FindFacts | None = current_app.extensions.get("parvis_console_facts")
    facts = find(slug) if find else ConsoleFacts()
    edition = next((known for known in facts.editions if known.slug == slug), None)
    if edition is None and facts.editions:
        edition = facts.editions[0]
        slug = edition.slug
    shown = tuple(_shown(section, slug, facts.pending, account) for section in CONSOLE)
    sections = tuple(section for section in _mark_current(shown, slug) if section.entries)
    return Frame(account, sections, facts.editions, edition)


def _shown(
    section: Section, slug: str | None, pending: int, account: SignedInAccount
) -> ShownSection:
    entries = tuple(
        ShownEntry(entry.label, _href(entry.path, slug), False, pending * entry.counts_pending)
        for entry in section.entries
        if account.has_role(*entry.roles)
    )
    return ShownSection(section.label, entries, section.has_tabs)


def _mark_current(sections: Sequence[ShownSection], slug: str | None) -> list[ShownSection]:
    """Mark the entry that the page belongs to: the one with the longest of the matching paths."""
    reach = {
        _href(entry.path, slug): max(
            (len(path) for path in _paths(entry, slug) if _is_under(request.path, path)), default=0
        )
        for section in CONSOLE
        for entry in section.entries
    }
    current = max(reach, key=lambda href: reach[href])
    if not reach[current]:
        return list(sections)
    return [
        replace(
            section,
            entries=tuple(
                replace(entry, is_current=entry.href == current) for entry in section.entries
            ),
        )
        for section in sections
    ]


def _paths(entry: Entry, slug: str | None) -> tuple[str, ...]:
    return tuple(_href(path, slug) for path in (entry.path, *entry.also))


def _is_under(path: str, parent: str) -> bool:
    return path == parent or (parent != "/console" and path.startswith(parent + "/"))


def _href(path: str, slug: str | None) -> str:
    if path.startswith("/"):
        return path
    return f"/console/editions/{slug}/{path}" if slug else f"/console/{path}"


def _remember_edition(response: Response) -> Response:
    found = _IN_EDITION.match(request.path)
    slug = found[1] if found else ""
    if slug in NOT_A_SLUG or not _SLUG.fullmatch(slug) or request.cookies.get(COOKIE) == slug:
        return response
    if response.status_code == 200 and response.mimetype == "text/html" and current_account():
        response.set_cookie(
            COOKIE,
            slug,
            path="/console",
            samesite="Lax",
            httponly=True,
            secure=current_context().settings.is_secure,
        )
    return response
