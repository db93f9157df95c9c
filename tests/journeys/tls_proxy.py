"""A proxy that ends TLS in front of a centre, as a service's own would: a certificate, forwarded headers, another name.

Law: it asks the centre under the centre's own address and not under the name that the browser used, which is the
harder of the two ways. Each request has a connection of its own. It listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

CLIENT = "203.0.113.9"
"""Where the proxy says that everybody comes from."""
_HEAD_MAX = 64 * 1024
_OWN_WORD = (b"host:", b"connection:", b"forwarded:", b"x-real-ip:", b"x-forwarded-")


@dataclass(frozen=True)
class Certificate:
    """`pin`: the hash by which a browser is told to trust this key and no other."""

    file: Path
    pin: str


def make_certificate(folder: Path, name: str) -> Certificate:
    """Of our own making, for this name, for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "proxy.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Certificate(file, base64.b64encode(hashlib.sha256(public).digest()).decode())


class TlsProxy:
    """`port` is known before there is a centre behind it; `centre` is its address once there is."""

    def __init__(self) -> None:
        self.port = 0
        self.centre = ""

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request and its answer, as long as it lasts."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            host, _, port = self.centre.removeprefix("http://").partition(":")
            back, forth = await asyncio.open_connection(host, int(port))
            forth.write(_forwarded(head, f"{host}:{port}"))
            tasks = [asyncio.ensure_future(one) for one in (_pump(reader, forth), _pump(back, writer))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not tasks[0].done() or not tasks[1].done():
                await asyncio.wait(tasks[1:], timeout=30)
            for task in tasks:
                task.cancel()
            forth.close()
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(_HEAD_MAX):
        writer.write(part)
        await writer.drain()


def _forwarded(head: bytes, host: str) -> bytes:
    """Whatever a client says about itself is taken out, and the proxy's own word put in."""
    first, *lines = head[:-4].split(b"\r\n")
    kept = [one for one in lines if not one.lower().startswith(_OWN_WORD)]
    told = (f"Host: {host}", "Connection: close", f"X-Forwarded-For: {CLIENT}", "X-Forwarded-Proto: https")
    return b"\r\n".join([first, *kept, *(one.encode() for one in told)]) + b"\r\n\r\n"


@contextmanager
def tls_proxy(certificate: Certificate) -> Iterator[TlsProxy]:
    """Runs in a thread of its own until the end."""
    proxy, loop, ready = TlsProxy(), asyncio.new_event_loop(), threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file)

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0, ssl=context, limit=_HEAD_MAX)

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(begin())
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10), "the proxy does not listen"
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
