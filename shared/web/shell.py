"""What every page's frame needs: words, dates, addresses, the footer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, request

from shared.context import ServiceContext
from shared.i18n import (
    LazyText,
    current_locale,
    format_clock,
    format_day,
    format_hours,
    format_length,
    format_moment,
    format_number,
    format_period,
    format_session_time,
    format_span,
    format_time,
    unbroken,
    weekday_name,
)
from shared.i18n import lazy_gettext as _
from shared.web.addresses import address_with
from shared.web.console_navigation import install_console
from shared.web.differences import marked_words
from shared.web.language import language_links
from shared.web.parts import current_context
from shared.web.sign_in import current_account
from shared.web.site_facts import accessibility_label, install_site


@dataclass(frozen=True)
class Link:
    """One entry of a navigation: what it says and where it goes."""

    label: LazyText
    href: str
    has_pages_under: bool = True

    @property
    def is_current(self) -> bool:
        """Tell whether the page being shown is this entry's, or one under it."""
        under = self.has_pages_under and request.path.startswith(self.href + "/")
        return request.path == self.href or under


def footer_links() -> tuple[Link, ...]:
    """Return what the law wants every page to lead to."""
    return (
        Link(accessibility_label(), "/accessibilite"),
        Link(_("Mentions légales"), "/mentions-legales"),
        Link(_("Données personnelles"), "/donnees-personnelles"),
    )


def install_shell(app: Flask, context: ServiceContext) -> None:
    """Give every template what the shell and the macros use."""
    app.jinja_env.globals.update(
        address_with=address_with,
        current_account=current_account,
        current_locale=current_locale,
        footer_links=footer_links,
        format_clock=format_clock,
        format_day=format_day,
        format_hours=_unbroken(format_hours),
        format_length=format_length,
        format_moment=format_moment,
        format_number=format_number,
        format_period=format_period,
        format_session_time=_unbroken(format_session_time),
        format_span=_unbroken(format_span),
        format_time=format_time,
        language_links=language_links,
        marked_words=marked_words,
        public_url=_public_url,
        weekday_name=weekday_name,
    )
    install_console(app)
    install_site(app, context)


def _unbroken(say: Callable[..., str]) -> Callable[..., str]:
    """Return what tells times as pages do: no line breaks at the dash between two."""

    @wraps(say)
    def told(*arguments: Any, **named: Any) -> str:
        return unbroken(say(*arguments, **named))

    return told


def _public_url(path: str = "") -> str:
    return current_context().settings.public_url + path
