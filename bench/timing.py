"""Time for the bench: a timer that fires to the microsecond, percentiles, and what processes used. Linux only."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import heapq
import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# CLOCK_MONOTONIC in seconds, the clock of the timer below.
now = time.perf_counter
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
CLOCK_MONOTONIC, ABSOLUTE = 1, 1
LIBC = ctypes.CDLL(None, use_errno=True)


class _Moment(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class _Alarm(ctypes.Structure):
    _fields_ = [("interval", _Moment), ("value", _Moment)]


class Ticker:
    """Calls back at absolute times by a timerfd: an event loop's own timers round to whole milliseconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.fd = LIBC.timerfd_create(CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self.waiting: list[tuple[float, int, Callable[..., Any], tuple]] = []
        self.count = 0
        loop.add_reader(self.fd, self._fire)

    def at(self, when: float, call: Callable[..., Any], *arguments: Any) -> None:
        """Call at a time of `now`, in order."""
        self.count += 1
        heapq.heappush(self.waiting, (when, self.count, call, arguments))
        if self.waiting[0][1] == self.count:
            self._arm()

    def close(self) -> None:
        self.loop.remove_reader(self.fd)
        os.close(self.fd)

    def _arm(self) -> None:
        when = max(self.waiting[0][0], now() + 1e-6)
        alarm = _Alarm(_Moment(0, 0), _Moment(int(when), int(when % 1 * 1e9)))
        LIBC.timerfd_settime(self.fd, ABSOLUTE, ctypes.byref(alarm), None)

    def _fire(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 8)
        while self.waiting and self.waiting[0][0] <= now():
            _, _, call, arguments = heapq.heappop(self.waiting)
            call(*arguments)
        if self.waiting:
            self._arm()


def percentile(ordered: Sequence[float], part: float) -> float:
    """The nearest-rank percentile of sorted values; NaN where there are none."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else math.nan


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Count, p50, p95, p99 and the longest, in milliseconds."""
    ordered = sorted(1000 * value for value in seconds)
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(ordered)} | {name: round(percentile(ordered, part), 3) for name, part in parts.items()}


def tree(pid: int) -> list[int]:
    """A process and everything that descends from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, ahead = [], [pid]
    while ahead:
        found.append(ahead.pop())
        ahead += children.get(found[-1], [])
    return found


def _stat(pid: int) -> list[bytes]:
    """The fields of /proc/PID/stat after the name of the command; empty where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return []
    return text[text.rindex(b")") + 2 :].split()


def processor_seconds(pid: int) -> float:
    """What a process and its descendants have used of the processors."""
    return sum(sum(int(field) for field in _stat(one)[11:15]) for one in tree(pid)) / TICKS_A_SECOND


def memory_kb(pid: int) -> int:
    """The resident memory of a process and its descendants; shared pages are counted once (PSS)."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                total += int(line.split()[1]) if line.startswith("Pss:") else 0
    return total


def machine_seconds() -> float:
    """What the whole machine has used of its processors since it started."""
    user, nice, system, _idle, _wait, irq, soft, *_ = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return sum(int(value) for value in (user, nice, system, irq, soft)) / TICKS_A_SECOND


class Usage:
    """How busy named processes, and everything else on the machine, were between two moments (per cent of a core)."""

    def __init__(self, pids: dict[str, int]) -> None:
        self.pids, self.began = pids, now()
        self.machine = machine_seconds()
        self.used = {name: processor_seconds(pid) for name, pid in self.pids.items()}

    def end(self) -> dict[str, float]:
        seconds = now() - self.began
        used = {name: processor_seconds(pid) - self.used[name] for name, pid in self.pids.items()}
        others = max(0.0, machine_seconds() - self.machine - sum(used.values()))
        return {name: round(100 * value / seconds) for name, value in (used | {"others": others}).items()}
