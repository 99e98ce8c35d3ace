"""A browser to look with: Debian's Chromium, driven over its own wire, the DevTools protocol.

No more than what these tests need: open a page, run JavaScript in it, wait for something, take a
picture, and write down every request that leaves the page. The protocol is JSON over a WebSocket:
``{"id": 1, "method": "Page.navigate", "params": {…}}`` is answered under the same id, and events
come in between.

Law: https://chromedevtools.github.io/devtools-protocol/ (domains Page, Runtime, Network,
Emulation).
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websocket

PATIENCE = 60.0
"""Seconds for anything that a browser is asked for on a busy machine."""

OPTIONS = (
    "--headless",
    "--no-sandbox",  # in a container, as root; the pages are our own
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-port=0",
)


class Page:
    """One page of the browser. ``requests`` are the addresses that it has asked for."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self._asked = 0
        self.width = self.height = 0
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Network"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends a command and gives its result. Raises RuntimeError where the browser refuses."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv())
            if said.get("method") in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                told = said["params"]
                self.requests.append(told["request"]["url"] if "request" in told else told["url"])
            if said.get("id") == self._asked:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']['message']}")
                return dict(said["result"])

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited. Raises RuntimeError."""
        said = self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in said:
            problem = said["exceptionDetails"]
            raise RuntimeError(problem.get("exception", {}).get("description") or problem["text"])
        return said["result"].get("value")

    def wait_for(self, expression: str, seconds: float = PATIENCE) -> Any:
        """Asks until the expression is true, and gives its value. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := self.run(expression):
                return value
            time.sleep(0.1)
        raise TimeoutError(f"not true after {seconds:.0f} s: {expression}")

    def size(self, width: int, height: int) -> None:
        """Makes the window that large, in CSS pixels."""
        self.width, self.height = width, height
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def picture(self, path: Path, top: int = 0, height: int = 0) -> None:
        """Writes what is seen to a PNG file, or a strip of it."""
        height = min(height or self.height, self.height - top)
        clip = {"x": 0, "y": top, "width": self.width, "height": height, "scale": 1}
        shot = self.command("Page.captureScreenshot", format="png", clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def outside(self, *ours: str) -> list[str]:
        """The requests that went to any other host than ``ours``."""
        nets = ("http", "https", "ws", "wss")
        parts = ((url, urlsplit(url)) for url in self.requests)
        return [url for url, part in parts if part.scheme in nets and part.hostname not in ours]


@contextmanager
def chromium(profile: Path, program: str = "chromium") -> Iterator[Page]:
    """A browser with a profile of its own and one empty page; it is gone at the end."""
    with open(profile.with_suffix(".log"), "wb") as log:
        child = subprocess.Popen(
            [program, *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield Page(_page_address(child, profile))
    finally:
        os.killpg(child.pid, 9)
        child.wait()


def _page_address(child: subprocess.Popen[bytes], profile: Path) -> str:
    """Where the browser's page listens: it writes its port into its profile."""
    said = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if child.poll() is not None:
            log = profile.with_suffix(".log").read_text(errors="replace")
            raise RuntimeError(f"Chromium has ended by itself ({child.returncode}): {log[-2000:]}")
        port = said.read_text().partition("\n")[0] if said.exists() else ""
        for target in _targets(port) if port else ():
            if target["type"] == "page":
                return str(target["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise TimeoutError("Chromium does not say where it listens")


def _targets(port: str) -> list[dict[str, Any]]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
        return list(json.load(answer))
