"""Serve a folder on this machine only, and tell the pages that are open when something changes."""

import gzip
import json
import mimetypes
import queue
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from proofweave.core import UsageError

LOOPBACK = "127.0.0.1"
NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
BEAT = 15.0
"""Seconds between signs of life on a connection that waits."""

COMPRESSED = ("text/", "application/javascript", "image/svg")
EVENTS = "/-/events"


class PageServer:
    """An HTTP server below `root`; `own` maps further paths to (type, content), `page` changes HTML on its way."""

    def __init__(self, root: Path, port: int, own: dict[str, tuple[str, bytes]], page: Callable[[str], str]) -> None:
        self.root = root.resolve()
        self.own = own
        self.page = page
        self.last: dict[str, Any] = {}
        self._listeners: set[queue.SimpleQueue[str]] = set()
        self._lock = threading.Lock()
        try:
            self._http = _Http((LOOPBACK, port), _Handler)
        except OSError as error:
            raise UsageError(f"port {port} cannot be used: {error.strerror}", "name another one with --port") from error
        self._http.site = self

    @property
    def address(self) -> str:
        """Return where the site is."""
        return f"http://{LOOPBACK}:{self._http.server_port}/"

    def start(self) -> None:
        """Answer in threads of their own."""
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop answering."""
        self._http.shutdown()
        self._http.server_close()

    def tell(self, event: dict[str, Any]) -> None:
        """Send an event to every page that is open."""
        text = f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        with self._lock:
            for listener in self._listeners:
                listener.put(text)

    def listen(self) -> queue.SimpleQueue[str]:
        """Return a queue that gets each event from now on; the state of things comes first."""
        listener: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self._lock:
            if self.last:
                listener.put(f"data: {json.dumps(self.last, ensure_ascii=False)}\n\n")
            self._listeners.add(listener)
        return listener

    def leave(self, listener: queue.SimpleQueue[str]) -> None:
        """Forget a queue."""
        with self._lock:
            self._listeners.discard(listener)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    site: PageServer


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site = self.server.site
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in NAMES:  # another site's name that was made to lead here
            return self._send(
                HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", b"this server is for this machine only\n"
            )
        path = unquote(urlsplit(self.path).path)
        if path == EVENTS:
            return self._events()
        if path in site.own:
            return self._send(HTTPStatus.OK, *site.own[path])
        file = self._file(path)
        if file is None:
            return self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"there is no such page\n")
        content = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if file.suffix == ".woff2":
            kind = "font/woff2"
        if kind == "text/html":
            content = site.page(content.decode("utf-8")).encode("utf-8")
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self._send(HTTPStatus.OK, kind, content)

    def _file(self, path: str) -> Path | None:
        root = self.server.site.root
        try:
            file = (root / path.lstrip("/")).resolve()
            if file.is_dir():
                file /= "index.html"
            return file if file.is_relative_to(root) and file.is_file() else None
        except (OSError, ValueError):
            return None

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        packed = kind.startswith(COMPRESSED) and "gzip" in (self.headers.get("Accept-Encoding") or "")
        if packed:
            content = gzip.compress(content, 5)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        listener = self.server.site.listen()
        try:
            while True:
                try:
                    text = listener.get(timeout=BEAT)
                except queue.Empty:
                    text = ": still here\n\n"
                self.wfile.write(text.encode("utf-8"))
                self.wfile.flush()
        except OSError:
            pass
        finally:
            self.server.site.leave(listener)
