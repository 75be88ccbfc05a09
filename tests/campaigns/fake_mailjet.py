"""A Mailjet on loopback, over HTTPS, with a fault for each request and a ledger of copies.

HTTPS matters: the official client repeats a failed POST over HTTPS only.
"""

import base64
import datetime
import ipaddress
import json
import ssl
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FIRST_ID = 576460765503091475


class FakeMailjet:
    """`faults` is taken from the front, one word for each POST:

    accept, partial (every third refused), hang (accepts, then never answers), drop (accepts, then
    closes), lost (closes without accepting), throttle, broken (500 after accepting), refuse (401),
    garbled (accepts, answers no JSON). With nothing left it accepts.
    """

    def __init__(self, folder: Path):
        self.faults: list[str] = []
        self.posts = 0
        self.keys: list[str] = []
        self.accepted: dict[str, dict] = {}
        self.delivered: Counter = Counter()
        self.blocked: Counter = Counter()
        self.seen: set[tuple[str, str]] = set()
        self.is_visible = True
        self.released = threading.Event()
        self._lock = threading.Lock()
        self.ca = folder / "ca.pem"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*_certificate(folder))
        fake = self

        class Handler(_Handler):
            mailjet = fake

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(timeout=5)

    def take(self, messages: list[dict], *, refuse_every: int = 0) -> list[dict]:
        """Accept messages as Mailjet does, with its guard against a second copy."""
        entries = []
        with self._lock:
            for number, message in enumerate(messages, start=1):
                custom_id = message["CustomID"]
                address = message["To"][0]["Email"].lower()
                if refuse_every and number % refuse_every == 0:
                    entries.append(
                        {
                            "Status": "error",
                            "CustomID": custom_id,
                            "Errors": [{"ErrorCode": "mj-0013", "ErrorMessage": "invalid"}],
                        }
                    )
                    continue
                key = (message["CustomCampaign"], address)
                if message["DeduplicateCampaign"] and key in self.seen:
                    self.blocked[address] += 1
                else:
                    self.seen.add(key)
                    self.delivered[address] += 1
                self.accepted.setdefault(custom_id, {"ID": FIRST_ID + len(self.accepted)})
                entries.append(
                    {
                        "Status": "success",
                        "CustomID": custom_id,
                        "To": [{"Email": address, "MessageID": self.accepted[custom_id]["ID"]}],
                    }
                )
        return entries


class _Handler(BaseHTTPRequestHandler):
    mailjet: FakeMailjet
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """Say nothing: the tests look at the ledger."""

    def do_POST(self):
        fake = self.mailjet
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fake.posts += 1
        fake.keys.append(self.headers.get("Idempotency-Key", ""))
        fault = fake.faults.pop(0) if fake.faults else "accept"
        wanted = "Basic " + base64.b64encode(b"key:secret").decode()
        if fault == "refuse" or self.headers.get("Authorization") != wanted:
            return self.answer(401, {"ErrorCode": "mj-0015", "ErrorMessage": "bad credentials"})
        if fault == "throttle":
            return self.answer(429, "Rate limit exceeded", kind="text/html", retry_after="7")
        if fault == "lost":
            return self.connection.close()
        messages = json.loads(body)["Messages"]
        entries = fake.take(messages, refuse_every=3 if fault == "partial" else 0)
        if fault == "hang":
            fake.released.wait(30)
            return self.connection.close()
        if fault == "drop":
            return self.connection.close()
        if fault == "broken":
            return self.answer(500, {"ErrorIdentifier": "x", "ErrorMessage": "fault"})
        if fault == "garbled":
            return self.answer(200, "{not json", kind="application/json")
        return self.answer(400 if fault == "partial" else 200, {"Messages": entries})

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        row = self.mailjet.accepted.get(query.get("CustomID", [""])[0])
        data = [row] if row and self.mailjet.is_visible else []
        self.answer(200, {"Count": len(data), "Data": data, "Total": len(data)})

    def answer(self, status: int, body, *, kind: str = "application/json", retry_after: str = ""):
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(content)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "ca.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(secret)
    return folder / "ca.pem", folder / "key.pem"
