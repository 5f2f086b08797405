"""The process of `shared.testing.smtp`: `python -m shared.testing.smtp_process FOLDER PORT`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Keeps each mail in a numbered file, or does what `rules.json` says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = max((int(path.stem) for path in (folder / "mail").glob("*.eml")), default=0)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT."""
        rules = self._rules(address)
        if "recipient" in rules:
            return str(rules["recipient"])
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer the end of the data."""
        rules = self._rules(*envelope.rcpt_tos)
        await asyncio.sleep(rules.get("delay", 0))
        if "data" in rules:
            return str(rules["data"])
        self._keep(envelope)
        if rules.get("drop_after_data"):
            connection = server.transport
            assert isinstance(connection, asyncio.Transport)  # noqa: S101
            connection.abort()
        return "250 2.0.0 kept"

    def _rules(self, *recipients: str) -> dict[str, Any]:
        rules: dict[str, Any] = json.loads((self._folder / "rules.json").read_text())
        return rules if rules.get("only") in (None, *recipients) else {}

    def _keep(self, envelope: Envelope) -> None:
        self._count += 1
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += f"X-Envelope-To: {','.join(envelope.rcpt_tos)}\r\n"
        content = envelope.original_content or b""
        draft = self._folder / "mail" / "draft"
        draft.write_bytes(head.encode() + content)
        draft.replace(self._folder / "mail" / f"{self._count:08d}.eml")


async def serve(folder: Path, port: int) -> None:
    """Serve until the process is ended."""
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, hostname="localhost", data_size_limit=2**26),
        "127.0.0.1",
        port,
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
