"""Starts Xandikos for a test: serve.py PORT DIR

Makes a calendar at /user/calendars/calendar/ below DIR, then becomes the Xandikos process, so that killing this
process stops the server. It asks for no password. Port 0 picks a free port. The first line on stdout is the server's
URL; the server answers once it has written "Listening on" to its log (stdout or stderr).
"""

import os
import socket
import sys
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(port, folder):
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = int(port) or free_port()
    print(f"http://127.0.0.1:{port}/", flush=True)
    serve = ["-m", "xandikos", "serve", "--defaults", "--directory", str(folder / "data")]
    listen = ["--listen-address", "127.0.0.1", "--port", str(port), "--state-dir", str(folder / "state")]
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.dup2(1, 2)
    os.execv(sys.executable, [sys.executable, *serve, *listen])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
