"""A receiver of webhooks on loopback: an HTTPS server with a certificate authority of its own."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: The name that the receiver's certificate is good for.
NAME = "agenda.example.org"

#: An answer, or what takes the connection and answers as it likes.
Step = bytes | Callable[[ssl.SSLSocket], None]

OK = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Received:
    """One request as it came; the names of headers are in small letters."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Where it listens, what its authority is, what it answers with next, and what came.

    Each of `script` is an answer, or takes the connection and answers as it likes; when there is
    none left it takes whatever comes.
    """

    port: int
    ca_file: str
    script: list[Step] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address of the webhook."""
        return f"https://{NAME}:{self.port}/parvis?key=1"


@contextmanager
def receiving(folder: Path, name: str = NAME) -> Iterator[Receiver]:
    """Run a receiver whose certificate is good for `name`, on a free port of 127.0.0.1."""
    certificate, ca_file = _certificates(folder, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(listener.getsockname()[1], str(ca_file))
    thread = threading.Thread(target=_serve, args=(listener, tls, receiver))
    thread.start()
    try:
        yield receiver
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the accept
        listener.close()
        thread.join()


def _serve(listener: socket.socket, tls: ssl.SSLContext, receiver: Receiver) -> None:
    while True:
        try:
            plain, _peer = listener.accept()
        except OSError:
            return
        with suppress(OSError), tls.wrap_socket(plain, server_side=True) as connection:
            receiver.received.append(_read(connection))
            step = receiver.script.pop(0) if receiver.script else OK
            if callable(step):
                step(connection)
            else:
                connection.sendall(step)


def _read(connection: ssl.SSLSocket) -> Received:
    with connection.makefile("rb") as stream:
        line = stream.readline().decode().strip()
        headers = {}
        while text := stream.readline().decode().strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers["content-length"]))
    return Received(line, headers, body)


def _certificates(folder: Path, name: str) -> tuple[Path, Path]:
    """Make an authority and a certificate that it signs; return both files."""
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parvis tests")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    key_id = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    ca = (
        _builder(issuer, issuer, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(key_id, critical=False)
        .sign(authority, hashes.SHA256())
    )
    leaf = (
        _builder(subject, issuer, server)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False
        )
        .sign(authority, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    ca_file, chain = folder / "authority.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca.public_bytes(pem))
    key = server.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(key + leaf.public_bytes(pem))
    return chain, ca_file


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
