"""Requests at a fixed rate, from a few connections that stay open, whether or not the last answer has come."""

import http.client
import queue
import threading
import time
from urllib.parse import urlsplit


def fire(given, base, ask, is_right):
    """Sends `given.rate` POSTs a second for `given.seconds` over `given.connections`. `ask(n)` gives path, body and headers, `is_right(status,
    text)` judges the answer. Returns the latencies in seconds, counted from when each should have been sent, and how many were wrong."""
    work, late, wrong, lock = queue.Queue(), [], [0], threading.Lock()
    host = urlsplit(base)

    def send():
        line = http.client.HTTPConnection(host.hostname, host.port, timeout=30)
        while (one := work.get()) is not None:
            due, n = one
            path, body, headers = ask(n)
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            text = answer.read()
            took = time.monotonic() - due
            right = is_right(answer.status, text)
            with lock:
                late.append(took)
                wrong[0] += not right

    threads = [threading.Thread(target=send, daemon=True) for _ in range(given.connections)]
    for thread in threads:
        thread.start()
    start = time.monotonic()
    for n in range(given.rate * given.seconds):
        due = start + n / given.rate
        time.sleep(max(0.0, due - time.monotonic()))
        work.put((due, n))
    for _ in threads:
        work.put(None)
    for thread in threads:
        thread.join()
    return late, wrong[0]


def milliseconds(late, **shares):
    """`milliseconds(late, p50=0.5)` is `{"p50": …, "max": …}`."""
    late = sorted(late)
    found = {name: late[min(len(late) - 1, int(share * len(late)))] for name, share in shares.items()}
    return {name: round(1000 * value, 1) for name, value in {**found, "max": late[-1]}.items()}
