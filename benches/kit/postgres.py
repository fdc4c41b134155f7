"""A PostgreSQL cluster of the bench's own, so that all CPU time of its processes is the bench's."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .measure import TICKS, Failed, run
from .world import free_port


def programs():
    """The folder of PostgreSQL's server programs, if they are installed."""
    found = shutil.which("pg_config")
    folders = [subprocess.run([found, "--bindir"], capture_output=True, text=True).stdout.strip()] if found else []
    folders += sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return next((Path(folder) for folder in folders if (Path(folder) / "initdb").exists()), None)


class Cluster:
    """Durable as by default: fsync, full_page_writes and synchronous_commit are on. Autovacuum is off: it would work at odd moments."""

    def __init__(self):
        self.bin = programs()
        if self.bin is None:
            raise Failed("PostgreSQL's server programs are not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-bench-pg-"))
        self.port = free_port()
        self.as_user = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root.
            who = pwd.getpwnam("postgres")
            os.chown(self.folder, who.pw_uid, who.pw_gid)
            self.as_user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        log = open(self.folder.with_suffix(".log"), "wb")
        subprocess.run([self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
                       check=True, stdout=log, stderr=log, cwd="/", **self.as_user)
        self.process = subprocess.Popen([self.bin / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, "-h", "127.0.0.1", "-c", "autovacuum=off"],
                                        stdout=log, stderr=log, cwd="/", **self.as_user)
        for _ in range(200):
            with contextlib.suppress(Failed):
                self.sql("postgres", "SELECT 1")
                return
            time.sleep(0.05)
        raise Failed("PostgreSQL does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name):
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def sql(self, name, text):
        return run([self.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(name), "-c", text]).out

    def fresh(self, name, template="template0"):
        self.sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    @property
    def cpu(self):
        """CPU seconds of all its processes, those that ended too. A session's process ends a little after its client: waits until nothing moves."""
        last = -1.0
        while (now := self._cpu()) != last:
            last = now
            time.sleep(0.2)
        return now

    def _cpu(self):
        own = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total = sum(map(int, own[11:15]))
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(")", 1)[1].split()
                if int(fields[1]) == self.process.pid:
                    total += int(fields[11]) + int(fields[12])
        return total / TICKS
