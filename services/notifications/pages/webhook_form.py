"""The form of a webhook: what it asks, what was typed, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.datastructures import MultiDict

from services.notifications.domain.addresses import UnusableAddress, deliverable
from services.notifications.domain.webhooks.keeping import Scope, Wanted
from services.notifications.domain.webhooks.kinds import KINDS
from services.notifications.domain.webhooks.targets import UnusableTarget, read_target
from services.notifications.models import Webhook
from services.notifications.pages.webhook_labels import TARGET_FAULTS
from shared.i18n import gettext as _
from shared.identifiers import new_id

#: The longest name of a webhook, in characters.
LONGEST_NAME = 80


_FIELDS = ("name", "url", "scope", "kinds", "contact")


@dataclass
class WebhookForm:
    """What was typed, to be shown again with its faults."""

    webhook_id: UUID
    name: str = ""
    url: str = ""
    scope: str = ""
    kinds: Sequence[str] = KINDS
    contact: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookForm":
        """Return the form filled in with what is."""
        return cls(webhook.id, webhook.name, webhook.url, "", tuple(webhook.kinds), webhook.contact)

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "WebhookForm":
        """Return what was sent."""
        ticked = set(form.getlist("kinds"))
        return cls(
            _identifier(form.get("webhook_id", "")),
            " ".join(form.get("name", "").split()),
            form.get("url", "").strip(),
            form.get("scope", ""),
            tuple(kind for kind in KINDS if kind in ticked),
            form.get("contact", "").strip(),
        )

    def wanted(self, *, allow_private: bool) -> Wanted | None:
        """Return what is wanted; None when something is wrong, which `errors` then tells."""
        if not self.name:
            self.errors["name"] = _("Donnez un nom : celui du logiciel qui sera prévenu.")
        elif len(self.name) > LONGEST_NAME or not self.name.isprintable():
            self.errors["name"] = _(
                "Choisissez un nom plus court, de %(n)s lettres au plus.", n=LONGEST_NAME
            )
        url = self._url(allow_private)
        if not self.kinds:
            self.errors["kinds"] = _("Cochez au moins un événement.")
        contact = self._contact()
        if self.errors:
            return None
        return Wanted(self.name, url, self.kinds, contact)

    def chosen(self, scopes: Sequence[Scope]) -> Scope | None:
        """Return whose events are wanted; None, and a fault, when that is none of these."""
        found = next((scope for scope in scopes if scope.key == self.scope), None)
        if found is None and len(scopes) == 1 and not self.scope:
            found = scopes[0]
        if found is None:
            self.errors["scope"] = _("Choisissez dans la liste.")
        return found

    @property
    def faults(self) -> dict[str, str]:
        """Return what is wrong in the order of the form."""
        return {name: self.errors[name] for name in _FIELDS if name in self.errors}

    def _url(self, allow_private: bool) -> str:
        if not self.url:
            self.errors["url"] = _("Indiquez l’adresse à prévenir.")
            return ""
        try:
            return read_target(self.url, allow_private=allow_private).url
        except UnusableTarget as error:
            self.errors["url"] = str(TARGET_FAULTS[error.reason])
            return ""

    def _contact(self) -> str:
        try:
            return deliverable(self.contact)
        except UnusableAddress:
            self.errors["contact"] = _("Indiquez une adresse électronique, comme nom@exemple.fr.")
            return ""


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return new_id()
