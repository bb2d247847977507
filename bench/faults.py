#!/usr/bin/env python3
"""Proves that the room loses, doubles and misplaces nothing while everything under it is killed and cut.

    bench/faults.py                        10 minutes, 10 rooms at 20 lines a second, 100 kills, a deploy
    bench/faults.py --minutes 0.5          a short one
    bench/faults.py --control              the same with resume switched off: shows that loss would be seen
    bench/faults.py --report docs/room-reliability.md

Ends with `faults: K kills, C cuts, L acknowledged lines; lost 0 doubled 0 misplaced 0` and code 0, else 1.
"""

from __future__ import annotations

if not __package__:
    __import__("home").go("faults")  # called as a file: its own folder is on the path, nothing else is set up yet

import argparse
import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.drill import report
from bench.drill.service import Service
from bench.drill.verdict import Row, Transcript, Verdict, judge
from ieso import processes

BASE = Path(__file__).resolve().parent.parent
KILLS_A_MINUTE = 10
POLL_SECONDS = 0.05
FIRST_KILL_SECONDS = 1.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--rate", type=float, default=20.0, help="lines a second in each room, half from each side")
    parser.add_argument("--cut", type=float, default=2.0, help="seconds after which each connection is cut")
    parser.add_argument("--kills", type=int, help="processes to kill in all (default: ten a minute)")
    parser.add_argument("--web", type=int, default=2, help="web servers behind the proxy")
    parser.add_argument("--control", action="store_true", help="clients do not resume after a cut")
    parser.add_argument("--port", type=int, default=9200, help="of the proxy; the web servers take the next ones")
    parser.add_argument("--report", type=Path, help="write the figures into this page")
    parser.add_argument("--keep", action="store_true", help="leave the data folder where it is, for its logs")
    return parser.parse_args()


class Drill:
    """One run: the load writes in a process of its own, this one kills."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.service = Service(folder, options.port, web=options.web)
        self.result: dict[str, Any] = {}

    def run(self) -> None:
        try:
            rooms = self.service.start(self.options.rooms)
            self.load(rooms)
            self.service.revive()
            self.table = self.service.table()
            self.errors = self.service.errors()
        finally:
            self.service.stop()

    def load(self, rooms: list[dict[str, Any]]) -> None:
        plan = {
            "rooms": rooms,
            "backends": self.service.ports,
            "port": self.options.port,
            "seconds": self.options.minutes * 60,
            "rate": self.options.rate,
            "cut_every": self.options.cut,
            "resume": not self.options.control,
        }
        given, wanted = self.folder / "plan.json", self.folder / "result.json"
        given.write_text(json.dumps(plan))
        command = [sys.executable, "-m", "bench.drill.load", str(given), str(wanted)]
        with (self.folder / "load.out").open("w") as out:
            load = processes.spawn(command, log=out, cwd=BASE)
        try:
            self.wait_for("writing", load)
            self.disturb(load)
        finally:
            processes.stop(load)
        if load.returncode:
            raise SystemExit(f"the load failed:\n{(self.folder / 'load.out').read_text()}")
        self.result = json.loads(wanted.read_text())

    def wait_for(self, word: str, load: subprocess.Popen) -> None:
        while word not in (self.folder / "load.out").read_text() and load.poll() is None:
            time.sleep(POLL_SECONDS)

    def disturb(self, load: subprocess.Popen) -> None:
        """Kill one process after the other while everybody writes; a deploy in the middle; then let them settle."""
        seconds, kills = self.options.minutes * 60, self.wanted_kills
        began = time.monotonic()
        due = [began + FIRST_KILL_SECONDS + (seconds - FIRST_KILL_SECONDS) * n / max(1, kills) for n in range(kills)]
        victims = self.victims()
        deploy_at = began + seconds / 2
        while load.poll() is None:
            now = time.monotonic()
            if deploy_at and now >= deploy_at:
                self.service.deploy()
                deploy_at = 0.0
            if due and now >= due[0]:
                self.service.kill(next(victims))
                due.pop(0)
            self.service.go_on()
            time.sleep(POLL_SECONDS)

    @property
    def wanted_kills(self) -> int:
        given = self.options.kills
        return round(self.options.minutes * KILLS_A_MINUTE) if given is None else given

    def victims(self):
        """Web, worker, Redis and Postgres in turn; the web servers take turns among themselves."""
        while True:
            for port in self.service.ports:
                yield f"web {port}"
                yield "worker"
                yield "redis"
                yield "postgres"

    def judged(self) -> Verdict:
        """Compare what everybody wrote and saw with the table."""
        verdict = Verdict()
        by_room: dict[str, list[Transcript]] = {}
        for seat in self.result["seats"]:
            shown = [Row(*row) for row in seat["shown"]]
            one = Transcript(seat["side"], seat["written"], seat["acks"], seat["twins"], shown)
            by_room.setdefault(seat["session"], []).append(one)
        for number, (session, transcripts) in enumerate(by_room.items(), 1):
            judge(self.table.get(session, []), transcripts, f"room {number}", verdict)
        return verdict

    def total(self, name: str) -> int:
        """A number of all seats together."""
        return sum(seat[name] for seat in self.result["seats"])

    def figures(self, verdict: Verdict) -> dict[str, Any]:
        seats, kills = self.result["seats"], self.service.kills
        web = sum(times for name, times in kills.items() if name.startswith("web"))
        others = ", ".join(f"{kills[name]} {name}" for name in ("worker", "redis", "postgres"))
        return {
            "command": command(self.options),
            "when": f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}",
            "machine": report.machine(),
            "commit": commit(),
            "minutes": f"{self.options.minutes:g}",
            "rooms": self.options.rooms,
            "rate": f"{self.options.rate:g}",
            "kills": kills.total(),
            "by_process": f"{web} web, {others}",
            "deploys": self.service.deploys,
            "cuts": self.result["cuts"],
            "sockets": self.total("sockets"),
            "posts": self.total("posts"),
            "acknowledged": verdict.acknowledged,
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "misplaced": verdict.misplaced,
            "waiting": self.total("waiting"),
            "refused": sum(len(seat["refused"]) for seat in seats),
            "ack": report.spread([one for seat in seats for one in seat["ack_seconds"]]),
            "back": report.spread([one for seat in seats for one in seat["back_seconds"]]),
            "settled": f"{self.result['settle_seconds']:.1f} s",
            "errors": self.errors,
        }


def command(options: argparse.Namespace) -> str:
    """Return what to type for the same run again."""
    given = f"--minutes {options.minutes:g} --rooms {options.rooms} --rate {options.rate:g} --cut {options.cut:g}"
    kills = f" --kills {options.kills}" if options.kills is not None else ""
    return f"`bench/faults.py {given}{kills}{' --control' if options.control else ''}`"


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=BASE, capture_output=True, text=True)
    return done.stdout.strip() or "-"


def main() -> int:
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="ieso-faults-"))
    try:
        drill = Drill(options, folder)
        drill.run()
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    verdict = drill.judged()
    figures = drill.figures(verdict)
    for note in verdict.notes:
        print(note)
    for key, words in report.ROWS:
        print(f"{words.replace('*', '')}: {report.shown(figures[key])}")
    if options.report:
        report.write(options.report, "control" if options.control else "run", figures)
    print(
        f"faults: {figures['kills']} kills, {figures['cuts']} cuts, {verdict.acknowledged} acknowledged lines;"
        f" lost {verdict.lost} doubled {verdict.doubled} misplaced {verdict.misplaced}"
    )
    return 0 if verdict.is_clean and not figures["waiting"] and not figures["refused"] else 1


if __name__ == "__main__":
    sys.exit(main())
