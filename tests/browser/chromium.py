"""Debian's headless Chromium, driven over its debugging pipe: no driver, no port, no package."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "Chromium is missing: install it with `apt-get install chromium`, or name one in the variable CHROMIUM."
LOOK_AGAIN_S = 0.1
PATIENCE_S = 30
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
DESKTOP = {"width": 1100, "height": 800, "deviceScaleFactor": 1, "mobile": False}
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # containers give Chromium no user namespaces of its own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=Translate,OptimizationHints,HttpsUpgrades",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class BrowserFault(Exception):
    """The page is not as expected, or the browser did not answer."""


def chromium_path() -> str | None:
    """Return the browser to use, or None when there is none."""
    names = (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else NAMES
    return next((found for name in names if (found := shutil.which(name))), None)


class Chromium:
    """One tab: open pages, fill and press what a person sees, read, and take pictures."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._rest = b""
        self._number = 0
        self._session = ""
        self.problems: list[str] = []
        self._loads = 0
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self._call(f"{domain}.enable")

    def resize(self, size: dict[str, Any]) -> None:
        """Become a phone or a desktop."""
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def open(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        self._loading(lambda: self._call("Page.navigate", url=url))

    def fill(self, name: str, value: str) -> None:
        """Type into the field of this name."""
        self._run(f"document.querySelector('[name={name}]:not([type=hidden])').value = {json.dumps(value)}")

    def press(self, text: str) -> None:
        """Press the button or link with this text and wait for the page it leads to."""
        find = "[...document.querySelectorAll('button, a, summary')].find(e => e.innerText.trim() === TEXT)"
        found = find.replace("TEXT", json.dumps(text))
        if not self._run(f"Boolean({found})"):
            raise BrowserFault(f"There is no '{text}' to press. The page says: {self.text()[:300]}")
        self._loading(lambda: self._run(f"setTimeout(() => {found}.click(), 0)"))

    def press_in_vain(self, text: str) -> str:
        """Press a button that the browser must not let lead anywhere, and return what it says about that."""
        find = f"[...document.querySelectorAll('button')].find(e => e.innerText.trim() === {json.dumps(text)})"
        self._run(f"setTimeout(() => {find}.click(), 0)")
        self._until(lambda: bool(self.problems), "the browser to refuse")
        return self.problems.pop()

    def unfold(self, text: str) -> None:
        """Open the part of the page that is folded under this text."""
        self._run(
            f"[...document.querySelectorAll('summary')].find(e => e.innerText.trim() === {json.dumps(text)}).click()"
        )

    def text(self) -> str:
        """Return what the page says."""
        return str(self._run("document.body.innerText"))

    def url(self) -> str:
        """Return where the browser is."""
        return str(self._run("location.href"))

    def measured(self, script: str) -> Any:
        """Return the value of an expression on the page."""
        return self._run(script)

    def picture(self, path: Path) -> None:
        """Save the whole page as a PNG file."""
        data = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _run(self, script: str) -> Any:
        """Run a script on the page; one that fails is run again for a while, as a page in between may lack what it looks for."""
        give_up = time.monotonic() + PATIENCE_S
        while True:
            answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
            if "exceptionDetails" not in answer:
                return answer["result"].get("value")
            if time.monotonic() > give_up:
                raise BrowserFault(f"The page could not do it: {answer['exceptionDetails']['text']}")
            time.sleep(LOOK_AGAIN_S)

    def _loading(self, act: Callable[[], object]) -> None:
        loads = self._loads
        act()
        self._until(lambda: self._loads > loads, "the page to load")
        self._settle()

    def _settle(self) -> None:
        """Wait while pages go on by themselves."""
        stays = "document.readyState === 'complete' && !document.querySelector('meta[http-equiv=refresh]')"
        give_up = time.monotonic() + PATIENCE_S
        while not self._holds(stays):
            if time.monotonic() > give_up:
                raise BrowserFault(f"Waited {PATIENCE_S} s in vain for a page that stays: {self.url()}")
            time.sleep(0.05)

    def _holds(self, script: str) -> bool:
        try:
            return bool(self._run(script))
        except BrowserFault:  # the page went away while it was asked
            return False

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answers: list[dict[str, Any]] = []
        self._until(
            lambda: bool(answers), method, lambda said: answers.append(said) if said.get("id") == number else None
        )
        if "error" in answers[0]:
            raise BrowserFault(f"{method}: {answers[0]['error']['message']}")
        result: dict[str, Any] = answers[0]["result"]
        return result

    def _until(
        self, done: Callable[[], bool], what: str, hear: Callable[[dict[str, Any]], object] = lambda said: None
    ) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not done():
            if not select.select([self._from], [], [], max(0.0, give_up - time.monotonic()))[0]:
                raise BrowserFault(f"Waited {PATIENCE_S} s in vain for {what}.")
            self._rest += os.read(self._from, 1 << 20)
            *whole, self._rest = self._rest.split(b"\0")
            for text in whole:
                said = json.loads(text)
                self._note(said)
                hear(said)

    def _note(self, said: dict[str, Any]) -> None:
        """Notice loaded pages, and what the browser complains about (a violated policy, a script error)."""
        method = said.get("method")
        if method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Log.entryAdded":
            entry = said["params"]["entry"]
            if entry["level"] == "error" and entry.get("source") != "network":
                self.problems.append(entry["text"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(said["params"]["exceptionDetails"]["text"])


@contextmanager
def a_browser() -> Iterator[Chromium]:
    """Start a fresh browser without cookies, and end it with its profile."""
    path = chromium_path()
    if path is None:
        raise BrowserFault(MISSING)
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="causeway-browser-", ignore_cleanup_errors=True) as profile:
        command = f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}'  # bash, because sh may take numbers of one digit only
        process = subprocess.Popen(
            ["bash", "-c", command, path, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_read, from_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_read)
        os.close(from_write)
        try:
            yield Chromium(to_write, from_read)
        finally:
            os.close(to_write)
            os.close(from_read)
            _ended(process)


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the browser, which goes when its pipe closes; end it when it stays."""
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
