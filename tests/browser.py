"""A headless Chromium, driven over the pipe of its DevTools protocol; nothing else is needed."""

import json
import os
import select
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
# Root, as which containers run, has no sandbox to put a page into.
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--hide-scrollbars")
_OFFLINE = ("--no-first-run", "--disable-background-networking", "--disable-component-update")
# What a page complains of: its console, its errors, and what the browser refused it.
_TROUBLE = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
_BUTTON = "[...document.querySelectorAll('button')].find(b => b.innerText.trim() === %s).click()"
_LOADING = "Loading"
_CHUNK = 1 << 16
_POLL_S = 0.2
LONGEST_S = 60.0


class Page:
    """The one page of a browser.

    Attributes:
        trouble: What the page complained of so far, and dialogs it opened.
    """

    def __init__(self, commands: IO[bytes], answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._unread = bytearray()
        self._number, self._session = 0, {}
        self.trouble: list[dict[str, Any]] = []
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        found = self.do("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": found["sessionId"]}
        for domain in ("Page", "Runtime", "Log"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        """Ask for something and wait until it is done."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters, **self._session}
        self._commands.write(json.dumps(asked).encode() + b"\0")
        self._commands.flush()
        while (answer := self._next()).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def resize(self, width: int, height: int) -> None:
        """Make the window so many pixels wide and high."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.do("Emulation.setDeviceMetricsOverride", **size)

    def open(self, address: str) -> None:
        """Go to an address and wait until everything of it is there."""
        self.do("Page.navigate", url=address)
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def value(self, script: str) -> Any:  # noqa: ANN401
        """Return what a script comes to; a promise is waited for."""
        found = self.do(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def text(self) -> str:
        """Return what can be read on the page."""
        return str(self.value("document.body ? document.body.innerText : ''"))

    def shows(self, *texts: str) -> None:
        """Wait until all of them can be read on the page, and nothing is still being loaded."""
        deadline = time.monotonic() + LONGEST_S
        while True:
            text = self.text()
            missing = [one for one in texts if one not in text]
            if not missing and _LOADING not in text:
                return
            assert time.monotonic() < deadline, f"{missing} cannot be read here: {text}"
            time.sleep(_POLL_S)

    def count(self, selector: str) -> int:
        """Return how many elements of a kind there are."""
        return int(self.value(f"document.querySelectorAll({json.dumps(selector)}).length"))

    def press(self, label: str) -> None:
        """Press the button of that name."""
        self.value(_BUTTON % json.dumps(label))

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element, as a person does."""
        script = f"""(() => {{ const found = document.querySelector({json.dumps(selector)});
            found.scrollIntoView(); const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        x, y = self.value(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path) -> None:
        """Keep what can be seen."""
        path.write_bytes(b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            is_there, *_ = select.select([self._answers], [], [], LONGEST_S)
            chunk = os.read(self._answers, _CHUNK) if is_there else b""
            assert chunk, "the browser has gone" if is_there else "the browser does not answer"
            self._unread += chunk
        text, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if message.get("method") in (*_TROUBLE, "Page.javascriptDialogOpening"):
            self.trouble.append(message)
        return message


@contextmanager
def browsing(folder: Path) -> Generator[Page]:
    """Start a browser with an empty profile in a folder; it ends with the ``with`` block."""
    theirs_in, commands = os.pipe()
    answers, theirs_out = os.pipe()
    # The browser reads its third descriptor and writes its fourth: the shell puts ours there.
    arguments = [
        CHROMIUM, *_OPTIONS, *_OFFLINE, "--remote-debugging-pipe", f"--user-data-dir={folder}"
    ]  # fmt: skip
    script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", script, *arguments],
        pass_fds=(theirs_in, theirs_out),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    with os.fdopen(commands, "wb") as writing, os.fdopen(answers, "rb"), process:
        try:
            yield Page(writing, answers)
        finally:
            process.terminate()
