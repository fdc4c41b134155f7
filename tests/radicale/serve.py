"""Starts Radicale for a test: serve.py PORT DIR USER:PASSWORD [USER:PASSWORD ...]

Writes DIR/radicale.conf and DIR/users, then becomes the Radicale process, so that killing this process
stops the server. Port 0 picks a free port. The first line on stdout is the server's URL; the server answers
as soon as a connection to it succeeds.
"""

import os
import socket
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "python" / "radicale.conf.in"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(port, folder, *users):
    folder = Path(folder).resolve()
    (folder / "storage").mkdir(parents=True, exist_ok=True)
    port = int(port) or free_port()
    config = TEMPLATE.read_text().replace("@PORT@", str(port)).replace("@DIR@", str(folder))
    (folder / "radicale.conf").write_text(config)
    (folder / "users").write_text("".join(f"{user}\n" for user in users))
    os.chmod(folder / "users", 0o600)
    print(f"http://127.0.0.1:{port}/", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "radicale", "--config", str(folder / "radicale.conf")])


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
