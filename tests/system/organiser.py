"""An organiser at work on a running Parvis: signs in, makes a token, edits, releases."""

import re
from functools import cache
from typing import Any
from uuid import uuid4

import requests

from shared.api_tokens import SCOPES
from tests.system.installation import PATIENCE, Installation, http_client

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Organiser:
    """A coordinator's program: it holds a token that was made in the console."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._http = http_client()
        self._http.headers["Authorization"] = f"Bearer {_console_of(installation).new_token()}"

    def get(self, path: str) -> requests.Response:
        """Read something."""
        return self._send("GET", path)

    def delete(self, path: str) -> requests.Response:
        """Do away with something."""
        return self._send("DELETE", path)

    def edit(self, path: str, **values: Any) -> dict[str, Any]:
        """Change a draft as it is now, and return it."""
        seen = self.get(path)
        answer = self._send("PATCH", path, json=values, headers={"If-Match": seen.headers["ETag"]})
        assert answer.ok, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    def create(self, path: str, **values: Any) -> dict[str, Any]:
        """Make a draft, and return it."""
        answer = self._post(path, headers={}, json=values)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def revert(self, path: str) -> None:
        """Take a draft back to what is public."""
        seen = self.get(path)
        answer = self._post(f"{path}/revert", headers={"If-Match": seen.headers["ETag"]})
        assert answer.ok, answer.text

    def take(self, path: str, step: str, *, comment: str) -> dict[str, Any]:
        """Take a proposal a step further as it is now, and return it."""
        seen = self.get(path)
        headers = {"If-Match": seen.headers["ETag"]}
        answer = self._post(f"{path}/{step}", json={"comment": comment}, headers=headers)
        assert answer.ok, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def changes(self, edition: str) -> requests.Response:
        """Return what waits to be released."""
        answer = self.get(f"/api/v1/editions/{edition}/changes?limit=200")
        assert answer.ok, answer.text
        return answer

    def release(self, edition: str, *, alone: str | None = None) -> dict[str, Any]:
        """Release everything that waits, as it was seen, whatever is in conflict in the demo.

        With `alone`, the id of a session, whatever else waits is left out.
        """
        waiting = self.changes(edition)
        seen = waiting.headers["ETag"]
        items = waiting.json()["items"]
        others = [one["session_id"] for one in items if alone not in (None, one["session_id"])]
        path = f"/api/v1/editions/{edition}/releases"
        clashes = self.get(f"/api/v1/editions/{edition}/changes/conflicts").json()
        body = {"leave_out": others, "despite_conflicts": clashes["digest"]}
        answer = self._post(path, json=body, headers={"If-Match": seen})
        assert answer.status_code == 201, answer.text
        released: dict[str, Any] = answer.json()
        return released

    def _post(self, path: str, headers: dict[str, str], **options: Any) -> requests.Response:
        return self._send(
            "POST", path, headers={"Idempotency-Key": str(uuid4()), **headers}, **options
        )

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._http.request(method, self._installation.url(path), timeout=PATIENCE, **options)


class _Console:
    """The console in which a coordinator makes tokens."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._http = http_client()
        made = installation.command("sign-in", "claire@parvis.example", "--name", "Claire")
        assert made.returncode == 0, made.stderr
        link = made.stdout.strip().splitlines()[-1]
        path = re.sub(r"^https?://[^/]+", "", link)
        assert self._submit(path).status_code == 303

    def new_token(self) -> str:
        """Make a token that may do everything."""
        page = self._submit("/console/tokens", name="Essai", scopes=list(SCOPES), lifetime="30")
        found = re.search(r"parvis_[\w-]+", page.text)
        assert found, page.text
        return found[0]

    def _submit(self, path: str, **form: Any) -> requests.Response:
        url = self._installation.url(path)
        page = self._http.get(url, timeout=PATIENCE).text
        token = _CSRF.findall(page)[-1]
        identifier = re.search(r'name="token_id" value="([^"]+)"', page)
        extra = {"token_id": identifier[1]} if identifier else {}
        data = {"csrf_token": token, **extra, **form}
        return self._http.post(url, data=data, timeout=PATIENCE, allow_redirects=False)


@cache
def _console_of(installation: Installation) -> _Console:
    """Return the console of an installation, signed in once: only so many may from one address."""
    return _Console(installation)
