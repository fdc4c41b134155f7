"""Starts Xandikos for a test: serve.py PORT DIR

Makes a calendar at /user/calendars/calendar/ below DIR, then becomes the Xandikos process, so that killing this
process stops the server. It asks for no password. Port 0 picks a free port. The first line on stdout is the server's
URL; the line "ready" follows once it answers. The server's own log goes to stdout too.
"""

import os
import socket
import sys
import time
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def announce(port):
    """In a process of its own: Xandikos says that it listens a little before it does."""
    if os.fork():
        return
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            print("ready", flush=True)
            break
    os._exit(0)


def main(port, folder):
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = int(port) or free_port()
    print(f"http://127.0.0.1:{port}/", flush=True)
    serve = ["-m", "xandikos", "serve", "--defaults", "--directory", str(folder / "data")]
    listen = ["--listen-address", "127.0.0.1", "--port", str(port), "--state-dir", str(folder / "state")]
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.dup2(1, 2)
    announce(port)
    os.execv(sys.executable, [sys.executable, *serve, *listen])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
