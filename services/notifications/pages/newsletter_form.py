"""The fields of the letter's forms: what was typed, kept, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import MultiDict

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.newsletter.choices import Choices
from services.notifications.domain.newsletter.periods import FREQUENCIES, Frequency
from services.notifications.domain.newsletter.topics import KINDS, Topics
from shared.i18n import LOCALES, LazyText
from shared.i18n import gettext as _
from shared.i18n import lazy_gettext as _l

FREQUENCY_LABELS: dict[str, tuple[LazyText, LazyText]] = {
    "weekly": (_l("Chaque semaine"), _l("Le jeudi, avant le week-end.")),
    "monthly": (_l("Chaque mois"), _l("Le premier jour du mois.")),
}

#: What other pages call a topic in an address: `/newsletter?commune=38563`.
_IN_ADDRESSES = {
    "editions": "edition",
    "communes": "commune",
    "themes": "theme",
    "audiences": "audience",
    "organisations": "organisation",
}


@dataclass
class Form:
    """A form as typed; `errors` holds sentences by field."""

    email: str = ""
    frequency: str = ""
    locale: str = ""
    topics: Topics = field(default_factory=Topics)
    agrees: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def chosen_frequency(self) -> Frequency:
        """Return the frequency, once it is known to be one."""
        return "monthly" if self.frequency == "monthly" else "weekly"


def frequency_options() -> list[tuple[str, str, str]]:
    """Return the frequencies as cards, each with what it means."""
    return [(one, str(name), str(hint)) for one, (name, hint) in FREQUENCY_LABELS.items()]


def from_address(choices: Choices) -> Form:
    """Return the form as it is opened, with what the page that led here is about."""
    asked = {kind: request.args.getlist(name) for kind, name in _IN_ADDRESSES.items()}
    return Form(frequency="weekly", topics=Topics.read(asked).within(choices.topics))


def read_letter(form: MultiDict[str, str], choices: Choices) -> Form:
    """Read who wants the letter, how often, and about what."""
    read = _read_person(form)
    read.frequency = form.get("frequency", "")
    read.topics = _read_topics(form, choices)
    if read.frequency not in FREQUENCIES:
        read.errors["frequency"] = _("Choisissez une fréquence.")
    return read


def read_follow(form: MultiDict[str, str]) -> Form:
    """Read who wants to follow an activity."""
    return _read_person(form)


def read_preferences(form: MultiDict[str, str], choices: Choices) -> Form:
    """Read what somebody who has the letter wants from now on."""
    read = Form(
        frequency=form.get("frequency", ""),
        locale=form.get("locale", ""),
        topics=_read_topics(form, choices),
    )
    if read.frequency not in FREQUENCIES:
        read.errors["frequency"] = _("Choisissez une fréquence.")
    if read.locale not in LOCALES:
        read.errors["locale"] = _("Choisissez une langue.")
    return read


def _read_person(form: Mapping[str, str]) -> Form:
    read = Form(email=form.get("email", "").strip(), agrees=form.get("agrees") == "1")
    try:
        deliverable(read.email)
    except UnusableAddress:
        read.errors["email"] = _("Cette adresse n’est pas complète : elle s’écrit nom@exemple.fr.")
    if len(read.email) > 254:
        read.errors["email"] = _("Cette adresse est trop longue.")
    if not read.agrees:
        read.errors["agrees"] = _("Cochez la case : sans votre accord, rien ne part.")
    return read


def _read_topics(form: MultiDict[str, str], choices: Choices) -> Topics:
    typed = Topics.read({kind: form.getlist(kind) for kind in KINDS})
    return typed.within(choices.topics)
