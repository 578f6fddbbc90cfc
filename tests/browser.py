"""A headless Chromium, driven over the pipe of its DevTools protocol; nothing else is needed."""

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
# What a page complains of: its console, its errors, and what the browser refused it.
_TROUBLE = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
_OFFLINE = ("--no-first-run", "--disable-background-networking", "--disable-component-update")


class Page:
    """The one page of a browser.

    Attributes:
        trouble: What the page complained of so far, and dialogs it opened.
    """

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._commands, self._answers = commands, answers
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
        return found["result"].get("value")

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element, as a person does."""
        script = f"""(() => {{ const found = document.querySelector({json.dumps(selector)});
            found.scrollIntoView(); const box = found.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        x, y = self.value(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _next(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "the browser has gone"
            text += byte
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
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio",
        "--remote-debugging-pipe", f"--user-data-dir={folder}", *_OFFLINE,
    ]  # fmt: skip
    script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", script, *arguments],
        pass_fds=(theirs_in, theirs_out),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    with os.fdopen(commands, "wb") as writing, os.fdopen(answers, "rb") as reading, process:
        try:
            yield Page(writing, reading)
        finally:
            process.terminate()
