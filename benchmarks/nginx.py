"""An nginx on loopback that serves a folder, over plain HTTP and, on request, over TLS."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
_START_S = 10
# sendfile_max_chunk: one long file must not keep a worker from its other connections.
_CONFIGURATION = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes {workers};{user}
events {{ worker_connections 4096; multi_accept on; }}
http {{ access_log off; sendfile on; sendfile_max_chunk 2m; tcp_nopush on; tcp_nodelay on;
  keepalive_requests 1000000; default_type audio/wav; autoindex on;
  open_file_cache max=20000 inactive=600s; open_file_cache_valid 600s;
  open_file_cache_min_uses 1;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{plain} backlog=4096; root {root}; }}
  {tls} }}
"""
_TLS = """server {{ listen 127.0.0.1:{port} ssl backlog=4096; root {root};
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:10m; }}"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running nginx.

    Attributes:
        pid: Its master process; the workers are its children.
        plain_url: ``http://127.0.0.1:…``, without a slash at the end.
        tls_url: The same over TLS; empty without it.
        authority: Certificate of the authority that clients have to trust.
    """

    pid: int
    plain_url: str
    tls_url: str
    authority: Path


@contextmanager
def nginx_serving(root: Path, *, with_tls: bool = False) -> Generator[Server]:
    """Serve a folder for the length of a ``with`` block."""
    with tempfile.TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        plain, secure = _free_port(), _free_port()
        tls = ""
        if with_tls:
            _make_certificates(folder)
            tls = _TLS.format(folder=folder, root=root, port=secure)
        # Started as root it would read as somebody who may not enter temporary folders.
        user = " user root;" if os.geteuid() == 0 else ""
        text = _CONFIGURATION.format(
            folder=folder, root=root, plain=plain, tls=tls, user=user, workers=WORKERS
        )
        (folder / "nginx.conf").write_text(text)
        command = [nginx_program() or "nginx", "-c", str(folder / "nginx.conf")]
        server = subprocess.Popen([*command, "-e", str(folder / "error.log")])  # noqa: S603 (our own command)
        try:
            _wait_for(plain, server, folder / "error.log")
            yield Server(
                server.pid,
                f"http://127.0.0.1:{plain}",
                f"https://127.0.0.1:{secure}" if with_tls else "",
                folder / "authority.pem",
            )
        finally:
            server.terminate()
            server.wait()


def nginx_program() -> str | None:
    """Find nginx, which Debian installs where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it accepts connections."""
    end = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    sys.exit(f"nginx did not start: {log.read_text() if log.exists() else 'it left no log'}")


def _make_certificates(folder: Path) -> None:
    """Make an authority and, signed by it, a certificate for 127.0.0.1.

    Two, because some TLS libraries refuse an authority's own certificate as a server's.
    """
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    own = ["-subj", "/CN=benchmark authority", "-keyout", "authority.key", "-out", "authority.pem"]
    issued = ["-CA", "authority.pem", "-CAkey", "authority.key", "-subj", "/CN=127.0.0.1"]
    issued += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem"]
    issued += ["-addext", "basicConstraints=critical,CA:FALSE", "-out", "certificate.pem"]
    for words in (own, issued):
        subprocess.run([*request, *words], cwd=folder, check=True, capture_output=True)  # noqa: S603 (our own command)
