"""Somebody of the staff, signed in at a running Parvis: pages read, forms sent, links followed."""

import re
from html import unescape
from typing import Any

import requests

from tests.system.installation import PATIENCE, Installation, http_client

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')

#: An identifier as it stands in an address.
ID = "[0-9a-f]{8}-[0-9a-f-]{27}"

_RENEW = "/console/sign-in/renew"


class Staff:
    """A coordinator, unless `options` of `parvis sign-in` say otherwise."""

    def __init__(
        self, installation: Installation, name: str = "Claire Essai", *options: str
    ) -> None:
        self.installation, self.name = installation, name
        self.http = http_client()
        email = f"{name.split()[0].casefold()}@parvis.example"
        made = installation.command("sign-in", email, "--name", name, *options)
        assert made.returncode == 0, made.stderr
        link = made.stdout.strip().splitlines()[-1]
        signed_in = self.submit(re.sub(r"^https?://[^/]+", "", link))
        assert signed_in.status_code == 303, signed_in.text

    def get(self, path: str) -> requests.Response:
        """Open a page, without following where it sends on to."""
        answer = self._get(path)
        if answer.headers.get("Location", "").startswith(f"{_RENEW}?"):
            self._get(_RENEW)
            answer = self._get(path)
        return answer

    def link(self, path: str, pattern: str) -> str:
        """Return where the first link of a page leads whose address is of this pattern."""
        links = [unescape(found) for found in re.findall(r'href="([^"]+)"', self.get(path).text)]
        found = [link for link in links if re.fullmatch(pattern, link)]
        assert found, (path, pattern)
        return found[0]

    def submit(
        self, path: str, *, to: str = "", files: Any = None, **form: Any
    ) -> requests.Response:
        """Send the form of a page with these fields, and the hidden ones that a form needs.

        It is sent to the page's own address, or `to` another.
        """
        page = self.get(path).text
        token = _CSRF.findall(page)[-1]
        hidden = dict(re.findall(r'name="(id|token_id)" value="([^"]+)"', page))
        return self.http.post(
            self.installation.url(to or path),
            data={"csrf_token": token, **hidden, **form},
            files=files,
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def cookies(self) -> list[Any]:
        """Return what a browser needs to be signed in as this person, as long as can be."""
        self._get(_RENEW)
        return [
            {"name": name, "value": value, "url": self.installation.url("/")}
            for name, value in self.http.cookies.items()
        ]

    def _get(self, path: str) -> requests.Response:
        url = self.installation.url(path)
        return self.http.get(url, timeout=PATIENCE, allow_redirects=False)
