"""The subjects of the mails."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from services.notifications.domain.newsletter.letters import text_of
from services.notifications.domain.offer_words import changed_bookings, places_of
from services.notifications.domain.partner_news import partner_news
from services.notifications.domain.programme_changes import aspects, news
from services.notifications.domain.proposal_words import step_words
from services.notifications.domain.stop_words import stop_words
from services.notifications.domain.templates import (
    ASKED,
    CANCELLED,
    CHANGED,
    EXPIRED,
    KEPT,
    MOVE_PROPOSED,
    MOVED,
    OFFERED,
    PROGRAMME_CHANGED,
    RELEASED,
)
from services.notifications.domain.text_safety import one_line
from services.notifications.domain.wording import begins, in_locale, place
from shared.i18n import format_day, ngettext, speaking, translator
from shared.i18n import gettext as _

#: Where the mails' words are translated.
PACKAGE = "services.notifications"

#: Letters of a title in a subject: what changed must be seen, too.
_TITLE = 90


def registration_subject(template: str, content: Mapping[str, Any], locale: str) -> str:
    """Return « Votre inscription : Fabrique ton glacier, samedi 10 octobre à 14 h »."""
    with speaking(translator(PACKAGE, locale)):
        if template == PROGRAMME_CHANGED and (changes := news(content)):
            return _programme_changed(content, changes)
        what = _what(content)
        if template == CANCELLED:
            if _all_are(content, ended_for="declined"):
                places = sum(map(places_of, content["registration"]["bookings"]))
                return ngettext(
                    "Place déclinée : %(what)s", "Places déclinées : %(what)s", places, what=what
                )
            return _("Inscription annulée : %(what)s", what=what)
        if template == ASKED:
            return _("Venez-vous toujours ? %(what)s", what=_what(content, content["asked"]))
        if template == RELEASED:
            return _("Places rendues : %(what)s", what=_what(content, content["changed"]))
        if template == OFFERED:
            what = _what(content, content["changed"])
            places = sum(map(places_of, changed_bookings(content)))
            return ngettext(
                "Place proposée : %(what)s", "Places proposées : %(what)s", places, what=what
            )
        if template == MOVE_PROPOSED:
            return _("Autre séance proposée : %(what)s", what=_what(content, content["changed"]))
        if template == MOVED:
            return _("Séance changée : %(what)s", what=_what(content, content["changed"]))
        if template == KEPT:
            return _("Vous gardez votre séance : %(what)s", what=what)
        if template == EXPIRED:
            what = _what(content, content["changed"])
            lost = [one for one in changed_bookings(content) if one.get("ended_for") == "expired"]
            return ngettext(
                "Place plus proposée : %(what)s",
                "Places plus proposées : %(what)s",
                sum(map(places_of, lost)),
                what=what,
            )
        if content.get("ticket_renewed"):
            return _("Nouveau billet : %(what)s", what=what)
        if template == CHANGED:
            return _("Inscription modifiée : %(what)s", what=what)
        if _all_are(content, status="waitlisted"):
            return _("Liste d’attente : %(what)s", what=what)
        return _("Votre inscription : %(what)s", what=what)


def sign_in_subject(locale: str) -> str:
    """Return the subject of the mail with the staff's way in; it never holds the code."""
    with speaking(translator(PACKAGE, locale)):
        return _("Votre connexion à l’espace organisateur")


def links_subject(locale: str) -> str:
    """Return the subject of the mail that lists somebody's registrations."""
    with speaking(translator(PACKAGE, locale)):
        return _("Vos inscriptions, et le lien de chacune")


def invited_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return « Nour Belkacem vous invite dans l’espace organisateur »."""
    with speaking(translator(PACKAGE, locale)):
        if content["inviter"]:
            who = one_line(content["inviter"], longest=_TITLE)
            return _("%(who)s vous invite dans l’espace organisateur", who=who)
        return _("Vous êtes invité·e dans l’espace organisateur")


def moved_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return « Projet validé : Voir un muon »."""
    with speaking(translator(PACKAGE, locale)):
        subject, _lead = step_words(content)
        return str(subject) % {"title": one_line(in_locale(content["title"]), longest=_TITLE)}


def reminded_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return « À compléter d’ici au jeudi 30 avril : Voir un muon », or how many there are."""
    proposals = content["proposals"]
    with speaking(translator(PACKAGE, locale)):
        first = min(date.fromisoformat(str(one["due_on"])) for one in proposals)
        what = one_line(in_locale(proposals[0]["title"]), longest=_TITLE)
        if len(proposals) > 1:
            what = ngettext("%(n)s projet", "%(n)s projets", len(proposals))
        return _("À compléter d’ici au %(day)s : %(what)s", day=format_day(first), what=what)


def stop_subject(template: str, content: Mapping[str, Any], locale: str) -> str:
    """Return « Étape confirmée : Glaciers d’ici, Vizille »."""
    with speaking(translator(PACKAGE, locale)):
        subject, _lead = stop_words(template, content)
        return one_line(subject)


def webhook_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return « Webhook désactivé : Agenda de la métropole »."""
    with speaking(translator(PACKAGE, locale)):
        return _("Webhook désactivé : %(name)s", name=one_line(content["name"], longest=_TITLE))


def asked_subject(wanted: Mapping[str, Any], locale: str) -> str:
    """Return the subject of the mail that asks to confirm a subscription."""
    with speaking(translator(PACKAGE, locale)):
        if wanted["kind"] == "follow":
            title = one_line(in_locale(wanted["activity_title"]), longest=_TITLE)
            return _("À confirmer : suivre « %(title)s »", title=title)
        return _("À confirmer : votre abonnement à la lettre du programme")


def letter_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return the subject of a letter: what was written for it, else « Fabrique ton glacier … »."""
    with speaking(translator(PACKAGE, locale)):
        if content["campaign"]:
            return one_line(text_of(content["campaign"]["texts"], "subject", locale))
        items = [*content["new"], *content["changed"]]
        title = one_line(in_locale(items[0]["title"]), longest=_TITLE)
        more = len(items) - 1 + content["more"]
        if not more:
            return _("Au programme : %(title)s", title=title)
        return ngettext(
            "Au programme : %(title)s et %(n)s autre nouvelle",
            "Au programme : %(title)s et %(n)s autres nouvelles",
            more,
            title=title,
        )


def test_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return the subject of a letter that its writer tries: « Essai : … »."""
    subject = letter_subject(content, locale)
    with speaking(translator(PACKAGE, locale)):
        return _("Essai : %(subject)s", subject=subject)


def followed_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return « Nouvelle date : Fabrique ton glacier, samedi 10 octobre à 14 h »."""
    with speaking(translator(PACKAGE, locale)):
        title = one_line(in_locale(content["title"]), longest=_TITLE)
        dates = content["dates"]
        if all(one["label"] == "freed" for one in dates):
            return _("Des places pour %(title)s", title=title)
        if len(dates) == 1:
            start = begins(dates[0]["when"])
            return _("Nouvelle date : %(title)s, %(when)s", title=title, when=start)
        return _("Nouvelles dates : %(title)s", title=title)


def _programme_changed(content: Mapping[str, Any], changes: list[dict[str, Any]]) -> str:
    """Return « Changement d’horaire : Fabrique ton glacier, dimanche 11 octobre à 10 h »."""
    sessions = [content["sessions"][change["session_id"]] for change in changes]
    if len(sessions) > 1:
        return _(
            "Changements dans votre programme : %(n)s séances, %(edition)s",
            n=len(sessions),
            edition=in_locale(sessions[0]["edition"]["name"]),
        )
    return _one_change(changes[0], sessions[0])


def partner_subject(content: Mapping[str, Any], locale: str) -> str:
    """Return the same for who takes part in sessions that a release changed."""
    with speaking(translator(PACKAGE, locale)):
        changes = partner_news(content["sessions"])
        if len(changes) == 1:
            return _one_change(changes[0], changes[0]["after"])
        return ngettext(
            "Programme modifié : %(n)s séance, %(edition)s",
            "Programme modifié : %(n)s séances, %(edition)s",
            len(changes),
            edition=in_locale(content["edition"]["name"]),
        )


def _one_change(change: Mapping[str, Any], session: Mapping[str, Any]) -> str:
    title, found = _title(session), aspects(change, session)
    if "cancelled" in found:
        return _("Séance annulée : %(title)s, %(when)s", title=title, when=begins(change["before"]))
    if "reinstated" in found:
        return _("Séance rétablie : %(title)s, %(when)s", title=title, when=begins(session))
    if "time" not in found:
        where = one_line(", ".join(place(session)[:1]), longest=_TITLE)
        return _("Changement de lieu : %(title)s, %(place)s", title=title, place=where)
    if "place" in found:
        return _(
            "Changement d’horaire et de lieu : %(title)s, %(when)s",
            title=title,
            when=begins(session),
        )
    return _("Changement d’horaire : %(title)s, %(when)s", title=title, when=begins(session))


def _all_are(content: Mapping[str, Any], **values: str) -> bool:
    """Tell whether each booking of a registration has these values."""
    bookings = content["registration"]["bookings"]
    return all(one.get(name) == value for one in bookings for name, value in values.items())


def _title(session: Mapping[str, Any]) -> str:
    return one_line(in_locale(session["title"]), longest=_TITLE)


def _what(content: Mapping[str, Any], of: Collection[str] = ()) -> str:
    """Say which sessions it is about: those of some bookings, else of all."""
    bookings = content["registration"]["bookings"]
    bookings = [booking for booking in bookings if booking["id"] in of] or bookings
    wanted = [b for b in bookings if b["status"] != "cancelled"] or bookings
    sessions = [content["sessions"][booking["session_id"]] for booking in wanted]
    if len(sessions) == 1:
        return f"{_title(sessions[0])}, {begins(sessions[0])}"
    edition = in_locale(sessions[0]["edition"]["name"]) if sessions else ""
    return ngettext(
        "%(n)s séance, %(edition)s", "%(n)s séances, %(edition)s", len(sessions), edition=edition
    )
