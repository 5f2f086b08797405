"""The pages of webhooks: one that sends nothing, and has missed a registration."""

import re

from shared.testing.processes import wait_until
from tests.system.installation import PATIENCE
from tests.system.staff import ID, Staff


def webhook_pages(staff: Staff) -> dict[str, str]:
    """Make a webhook that sends nothing, let it miss a registration, and return its pages."""
    webhooks = "/console/notifications/webhooks"
    scopes = re.findall(r'value="(edition:[^"]+)"', staff.get(f"{webhooks}/new").text)
    made = staff.submit(
        f"{webhooks}/new",
        name="Agenda",
        url="https://agenda.example.org/parvis",
        scope=scopes[0],
        kinds=["registration.made"],
        contact="technique@example.org",
    )
    assert made.ok, made.text
    webhook = staff.link(webhooks, f"{webhooks}/{ID}")
    assert staff.submit(webhook, to=f"{webhook}/pause").status_code == 303
    session = staff.installation.bookable_session()["id"]
    assert staff.installation.register(session, "webhook@example.org").ok

    def is_held() -> bool:
        return f"{webhook}/deliveries/" in staff.get(webhook).text

    assert wait_until(is_held, PATIENCE)
    return {
        "webhooks": webhooks,
        "new webhook": f"{webhooks}/new",
        "one webhook": webhook,
        "changing a webhook": f"{webhook}/edit",
        "replacing a secret": f"{webhook}/secret",
        "deleting a webhook": f"{webhook}/delete",
        "what a webhook was told": staff.link(webhook, f"{webhook}/deliveries/{ID}"),
    }
