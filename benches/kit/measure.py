"""Runs things and says what they cost. CPU seconds (user and system) are the figure to trust; wall time depends on the neighbours."""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something that a bench needs did not work."""


@dataclasses.dataclass
class Cost:
    """What one run took."""

    cpu: float
    wall: float
    peak_mib: float
    out: str

    def json(self):
        return json.loads(self.out.strip().splitlines()[-1])


# A process starts out with the peak memory of the one that it was forked from, so a small one forks it and says what it cost.
LAUNCHER = """
import json, os, sys
pid = os.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1], "w") as cost:
    json.dump([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024], cost)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run(command, env=None, cwd=None, stdin=""):
    """Runs a command to its end: the CPU time and the peak memory of its process."""
    with tempfile.NamedTemporaryFile("r") as cost:
        launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, cost.name, *map(str, command)]
        began = time.monotonic()
        done = subprocess.run(launch, env=env, cwd=cwd, input=stdin.encode(), capture_output=True)
        wall = time.monotonic() - began
        if done.returncode != 0:
            text, complaint = done.stdout.decode()[-1000:], done.stderr.decode()[-3000:]
            raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{text}\n{complaint}")
        cpu, peak = json.load(cost)
    return Cost(cpu, wall, peak, done.stdout.decode())


def cpu_of(pid):
    """CPU seconds of a living process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid, what="VmRSS"):
    """MiB a living process holds now (VmRSS) or held at most (VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"process {pid} has no {what}")


def interleave(sides, rounds):
    """Runs `{name: work}` in turns, A B A B …; the costs of each. The order turns round every other time."""
    found = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(sides[name](number))
    return found


def median(values):
    return statistics.median(values)


def spread(values):
    """Median and range, as text."""
    return f"{median(values):.3g} ({min(values):.3g}–{max(values):.3g})"
