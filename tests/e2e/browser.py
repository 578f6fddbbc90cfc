"""A headless Chromium, told what to do over its own debugging protocol."""

import json
import re
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.e2e.graph import POLL_S

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
# Root, as which containers run, has no sandbox to put a page into.
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
_LISTENING = re.compile(r"DevTools listening on (ws://\S+)")
_CLICK = "[...document.querySelectorAll('button')].find(b => b.innerText.trim() === %s).click()"
_LARGEST_ANSWER = 64 << 20
_LOADING = "Loading"
LONGEST_S = 60.0


@contextmanager
def opened(profile: Path) -> Generator["Browser"]:
    """Run a browser for the length of a ``with`` block."""
    command = [PROGRAM, *_OPTIONS, "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            lines = iter(process.stderr or ())
            address = next(found[1] for line in lines if (found := _LISTENING.match(line)))
            pages = httpx.get(f"http://{urlsplit(address).netloc}/json/list").json()
            page = next(one for one in pages if one["type"] == "page")
            with connect(page["webSocketDebuggerUrl"], max_size=_LARGEST_ANSWER) as socket:
                yield Browser(socket)
        finally:
            process.kill()


class Browser:
    """One page, and the socket that reaches it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0

    def open(self, url: str, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setDeviceMetricsOverride", **size)
        self._tell("Page.navigate", url=url)

    def shows(self, *texts: str) -> None:
        """Wait until all of them can be read on the page, and nothing is still being loaded."""
        deadline = time.monotonic() + LONGEST_S
        while True:
            text = self.text()
            missing = [one for one in texts if one not in text]
            if not missing and _LOADING not in text:
                return
            assert time.monotonic() < deadline, f"{missing} cannot be read here: {text}"
            time.sleep(POLL_S)

    def text(self) -> str:
        """Return what can be read on the page."""
        return str(self._value("document.body ? document.body.innerText : ''"))

    def click(self, label: str) -> None:
        """Click the button of that name."""
        self._value(_CLICK % json.dumps(label))

    def count(self, selector: str) -> int:
        """Return how many elements of a kind there are."""
        return int(self._value(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def picture(self, path: Path) -> None:
        """Keep what can be seen."""
        path.write_bytes(b64decode(self._tell("Page.captureScreenshot", format="png")["data"]))

    def _value(self, expression: str) -> Any:  # noqa: ANN401 (JSON)
        found = self._tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def _tell(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result; events that come before it are not ours."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            answer: dict[str, Any] = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
