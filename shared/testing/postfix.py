"""A private Postfix for tests: an instance of its own, beside whatever the machine has."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from shared.testing import processes
from shared.testing.private_server import PATIENCE, PrivateServer
from shared.testing.processes import ServerError

_PATH = "/usr/sbin:/usr/local/sbin"
_DAEMONS = "/usr/lib/postfix/sbin"

#: Nothing is looked up in the DNS, nothing is delivered here: every domain has its next server.
_MAIN = """\
compatibility_level = 3.6
command_directory = /usr/sbin
daemon_directory = {daemons}
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.postfix.example
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = {policy}permit_mynetworks, reject
transport_maps = texthash:{folder}/transport
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
delay_warning_time = 1s
"""

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def program() -> str | None:
    """Return the path of `postfix`, or `None`."""
    return shutil.which("postfix", path=_PATH)


class Postfix(PrivateServer):
    """Postfix with folders and a port of its own; only root can run it.

    `routes` says which port of loopback takes the mail of which domain; `policy` is the port of a
    policy server (SMTP Access Policy Delegation) that is asked about each recipient.
    """

    def __init__(self, folder: Path, routes: dict[str, int], policy: int | None = None) -> None:
        self._routes, self._policy = routes, policy
        super().__init__(folder)

    @property
    def url(self) -> str:
        """Return what to set `SMTP_URL` to."""
        return f"smtp://127.0.0.1:{self.state['port']}"

    @property
    def log(self) -> str:
        """Return what it logged so far."""
        path = self.folder / "mail.log"
        return path.read_text() if path.exists() else ""

    def prepare(self) -> dict[str, Any]:
        """Write its configuration and make its queue."""
        if program() is None or os.geteuid() != 0:
            raise ServerError("Tests of real mail need Postfix, which only root can run")
        port = processes.free_port()
        policy = self._policy and f"check_policy_service inet:127.0.0.1:{self._policy}, "
        main = _MAIN.format(daemons=_DAEMONS, folder=self.folder, policy=policy or "")
        (self.folder / "main.cf").write_text(main)
        (self.folder / "master.cf").write_text(_MASTER.format(port=port))
        routes = "".join(f"{to} smtp:[127.0.0.1]:{at}\n" for to, at in self._routes.items())
        (self.folder / "transport").write_text(routes)
        for name in ("queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self.folder.chmod(0o755)  # its daemons are not root, and come in from outside
        subprocess.run(  # noqa: S603
            [str(program()), "-c", str(self.folder), "check"],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        return {"port": port}

    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start its master process, which stays in front."""
        return subprocess.Popen(  # noqa: S603
            [f"{_DAEMONS}/master", "-c", str(self.folder), "-d"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        return processes.is_listening(self.state["port"])
