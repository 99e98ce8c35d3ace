"""Is there a browser to open? Then hand it the address, once.

The address of a JupyterLab holds its token, and whoever knows the token may run programs as the
reader. A browser is therefore not started with that address on its command line, where every user
of the machine could read it, but with a one-time address that answers a single request by sending
the browser on. (Jupyter's own way, a hidden file with a redirect, is closed to browsers that are
packaged as snaps: they may not read hidden folders.)
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
import webbrowser
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any

PATIENCE = 60.0
"""Seconds in which a browser must come for its address."""


def reason_for_none(env: Mapping[str, str], system: str = sys.platform) -> str | None:
    """Why no browser can be opened here, or None when one can."""
    if env.get("CI"):
        return "this is a CI run"
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return "you are connected by SSH"
    graphical = env.get("DISPLAY") or env.get("WAYLAND_DISPLAY") or env.get("BROWSER")
    if system.startswith("linux") and not graphical:
        return "there is no display"
    try:
        webbrowser.get()
    except webbrowser.Error:
        return "no browser is installed"
    return None


def open_once(address: str) -> threading.Thread:
    """Open the browser on a one-time address that leads to ``address``; does not block."""
    thread = threading.Thread(target=_lead, args=(address,), daemon=True)
    thread.start()
    return thread


def _lead(address: str) -> None:
    secret = f"/{secrets.token_urlsafe(16)}"
    guide = _guide(secret, address)
    with TCPServer(("127.0.0.1", 0), guide) as server:  # HTTPServer asks for this machine's name
        door = f"http://127.0.0.1:{server.server_address[1]}{secret}"
        threading.Thread(target=webbrowser.open, args=(door,), daemon=True).start()
        until = time.monotonic() + PATIENCE
        server.timeout = 1.0
        while time.monotonic() < until and not guide.led:
            server.handle_request()


def _guide(secret: str, address: str) -> type[Any]:
    class Guide(BaseHTTPRequestHandler):
        """On to the lab for the right path, and once only; not found for any other."""

        led = False

        def do_GET(self) -> None:
            right = self.path == secret and not Guide.led
            self.send_response(302 if right else 404)
            if right:
                Guide.led = True
                self.send_header("Location", address)
                self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the terminal is for the student."""

    return Guide
