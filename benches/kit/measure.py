"""Runs things and says what they cost. CPU seconds (user and system) are the figure to trust; wall time depends on the neighbours."""

import dataclasses
import json
import os
import statistics
import subprocess
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


def run(command, env=None, cwd=None, stdin=""):
    """Runs a command to its end; its own CPU time and peak memory, without its children that it did not wait for."""
    # A process that is forked from a large one inherits its peak: the measured command is started by a small shell.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as feed:
        feed.write(stdin.encode())
        feed.seek(0)
        began = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd, stdin=feed, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, complaint = out.read().decode(), err.read().decode()
    if process.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{text[-1000:]}\n{complaint[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, text)


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
