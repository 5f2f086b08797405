"""A text of the law as HTML: its Markdown with the facts put in, and what is missing marked."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from services.scheduling.domain.site_facts import FACTS, known, site_of
from shared.i18n import format_day, format_number, ngettext
from shared.i18n import gettext as _

#: What a text may be made of; everything else is left out.
TAGS = {
    *("h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "a", "br", "hr", "code"),
    *("blockquote", "mark", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "mark": {"class"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto", "tel"}

_NAMED = re.compile(r"\{(\w+)\}")
_LABELS = {field.name: field.label for fields in FACTS.values() for field in fields}
_OPTIONAL = {f.name for fields in FACTS.values() for f in fields if not f.required}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def render(text: str, facts: Mapping[str, Any], *, today: date, public_url: str) -> Markup:
    """Return a text as HTML that is safe whatever was typed, in the language of the page.

    `{publisher}` and the like are replaced by the facts; one that nobody has said yet is marked.
    """
    words = _words(facts, today, public_url)
    lines = [line for line in text.splitlines() if not _says_nothing(line, words)]
    tokens = _markdown.parse("\n".join(lines))
    for token in tokens:
        if token.tag == "h1":  # the page has its own
            token.tag = "h2"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    html = _NAMED.sub(lambda match: str(words.get(match[1], match[0])), html)
    clean = nh3.clean(
        html, tags=TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener"
    )
    return Markup(clean)  # noqa: S704 - cleaned


def _words(facts: Mapping[str, Any], today: date, public_url: str) -> dict[str, Markup]:
    said = {name: _fact(facts, name) for name in _LABELS}
    site = site_of(facts)
    conformity = {
        "none": _("non conforme"),
        "partial": _("partiellement conforme"),
        "full": _("totalement conforme"),
    }[site.conformity(today)]
    months = site.retention_months
    if months is not None:
        said["retention"] = escape(
            ngettext(
                "%(n)s mois après la fin de l’édition",
                "%(n)s mois après la fin de l’édition",
                months,
            )
        )
    else:
        said["retention"] = _to_complete("retention_months")
    dpo = facts.get("dpo")
    said["dpo"] = escape(
        _("Délégué·e à la protection des données : %(dpo)s.", dpo=dpo) if dpo else ""
    )
    said["conformity"] = escape(conformity)
    said["audit_result"] = escape(_audit(facts, today))
    said["site"] = Markup('<a href="{0}">{0}</a>').format(public_url)
    return said


def _fact(facts: Mapping[str, Any], name: str) -> Markup:
    value = known(facts, name)
    if value is None:
        return Markup() if name in _OPTIONAL else _to_complete(name)
    if name.endswith("_email"):
        return Markup('<a href="mailto:{0}">{0}</a>').format(value)
    if name.endswith("_on"):
        return escape(format_day(date.fromisoformat(value), weekday=False, year=True))
    return Markup("<br>").join(escape(line) for line in str(value).splitlines())


def _to_complete(name: str) -> Markup:
    label = str(_LABELS[name])
    words = _("à compléter : %(what)s", what=label[:1].lower() + label[1:])
    return Markup('<mark class="to-complete">{}</mark>').format(words)


def _audit(facts: Mapping[str, Any], today: date) -> str:
    site = site_of(facts)
    day, rate = site.audited_on, site.audit_rate
    if day is None or rate is None:
        return _("Aucun audit ne l’a encore vérifié.")
    words = {
        "day": format_day(day, weekday=False, year=True),
        "rate": format_number(rate),
        "who": facts.get("auditor") or _("l’éditeur"),
    }
    told = _(
        "L’audit mené par %(who)s le %(day)s a trouvé que %(rate)s %% des critères sont respectés.",
        **words,
    )
    if site.conformity(today) == "none" and rate >= 50:
        told += " " + _("Cet audit a plus de trois ans : il ne vaut plus.")
    return told


def _says_nothing(line: str, words: Mapping[str, Markup]) -> bool:
    """Tell whether a line holds an optional fact alone, and nobody has said it."""
    match = _NAMED.fullmatch(line.rstrip("\\ "))
    return bool(match and match[1] in _OPTIONAL and not words.get(match[1]))
