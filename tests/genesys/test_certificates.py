"""A host that cannot prove who it is gets one question, and no secret."""

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from recordings_pipeline.core.errors import Unreachable
from recordings_pipeline.genesys.attempts import Attempts
from recordings_pipeline.genesys.budget import Gate
from recordings_pipeline.genesys.lanes import Lanes
from recordings_pipeline.genesys.meter import Meter
from tests.hosts import Patience

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates")
# Who the certificate is for, and what a client that trusts it, or does not, says of it.
CASES = [
    ("IP:127.0.0.1", False, "self-signed certificate"),
    ("DNS:elsewhere.example", True, "certificate is not valid for"),
]


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for a name; return it and its key."""
    files = folder / "certificate.pem", folder / "key.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    whose = ["-subj", "/CN=test", "-addext", f"subjectAltName={name}"]
    where = ["-out", str(files[0]), "-keyout", str(files[1])]
    command = ["openssl", "req", "-x509", *curve, "-days", "1", *whose, *where]
    subprocess.run(command, check=True, capture_output=True)
    return files


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture(params=CASES, ids=["signed by itself", "for another host"])
def case(
    request: pytest.FixtureRequest, tmp_path: Path, asked: list[str]
) -> Generator[tuple[str, httpx.Client, str]]:
    """Serve over TLS; yield the address, a client, and what it has to say."""
    name, is_trusted, reason = request.param
    certificate, key = certified(tmp_path, name)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # handshakes fail
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        trusted = ssl.create_default_context(cafile=str(certificate) if is_trusted else None)
        with httpx.Client(verify=trusted) as client:
            yield f"https://127.0.0.1:{server.server_port}/thing?key=hush", client, reason
        server.shutdown()
        thread.join()


def test_a_certificate_that_is_not_trusted_ends_the_question_and_says_why(
    case: tuple[str, httpx.Client, str], asked: list[str]
) -> None:
    url, client, reason = case
    meter, stop = Meter(), Patience()
    attempts = Attempts(Gate(meter, stop), meter, Lanes(4, stop))

    with pytest.raises(Unreachable, match="its certificate is not trusted: ") as caught:
        attempts.answer("GET /thing", lambda: client.get(url))

    assert reason in str(caught.value)
    assert "hush" not in str(caught.value)
    assert asked == []
    assert meter.reading().api_calls == 1
    assert stop.waits == []
