"""The scenarios, one after the other against one running system; each figure is a dictionary."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stack import Room, System, settle
from bench.timing import Usage, memory_kb
from bench.transcripts import Findings, compare
from ieso import paths

LATE_MS = 5.0
TRIES, QUICK_TRIES = 3, 1
# What a scenario asks of the load client, in full and quick.
SPECS: dict[str, dict[str, Any]] = {
    "pair": {"scenario": "pair", "pairs": 1, "rate": 20, "seconds": 15, "warm": 100},
    "pairs200": {"scenario": "pairs", "pairs": 200, "period": 5, "seconds": 20, "warm": 400},
    "flat50": {"scenario": "flat", "pairs": 50, "count": 20_000, "seconds": 8, "warm": 400},
}
QUICK_SECONDS = {"pair": 8, "pairs200": 10, "flat50": 4}
QUICK = ["pair", "pairs200", "flat50"]
HELD_SOCKETS = 2000
BASE_SOCKETS = 20
SETTLE_SECONDS = 5.0
NAMES = [*SPECS, "memory", "cut"]


def is_void(figure: dict[str, Any]) -> bool:
    """Whether a figure does not count because its generator was late at each try."""
    return figure.get("late", {}).get("max", 0.0) > LATE_MS


class Runner:
    """Plays scenarios against a system; a run whose generator was late is void and played again."""

    def __init__(self, system: System, round_number: int, *, quick: bool) -> None:
        self.system, self.round, self.quick = system, round_number, quick
        self.folder = system.services.data / "bench"
        self.folder.mkdir(exist_ok=True)

    def play(self, name: str) -> list[dict[str, Any]]:
        special: dict[str, Callable[[], dict[str, Any]]] = {"memory": self.memory, "cut": self.cut}
        if name in special and not isinstance(self.system, Room):
            return []
        figure = special[name]() if name in special else self.measured(name)
        return [{"system": self.system.name, "case": name, "round": self.round} | figure]

    def measured(self, name: str) -> dict[str, Any]:
        """Play until the generator was in time; tells how many runs were void before."""
        void = 0
        while True:
            figure = self.once(name)
            void += figure["late"]["max"] > LATE_MS
            if figure["late"]["max"] <= LATE_MS or void == (QUICK_TRIES if self.quick else TRIES):
                return figure | {"void": void}

    def once(self, name: str) -> dict[str, Any]:
        spec = SPECS[name] | ({"seconds": QUICK_SECONDS[name]} if self.quick else {})
        accounts = self.accounts(spec["pairs"])
        settle(self.system.services)
        transcripts = self.folder / "transcripts.json"
        client = self.client(spec | {"accounts": accounts, "transcripts": str(transcripts), "seed": self.round})
        assert client.stdout
        client.stdout.readline()
        usage = Usage(self.system.pids() | {"load": client.pid})
        result = json.loads(client.stdout.readline())
        used = usage.end()
        if client.wait() != 0:
            raise RuntimeError(f"the load client failed: see {self.folder / 'client.log'}")
        found = self.findings(accounts, transcripts, result)
        return result | {"sockets": len(accounts), "cpu": used, "found": vars(found)}

    def accounts(self, pairs: int) -> list[dict[str, Any]]:
        if isinstance(self.system, Room) and len(self.system.people) < 2 * pairs:
            self.system.make(pairs)
        return self.system.accounts(pairs)

    def findings(self, accounts: list[dict[str, Any]], transcripts: Path, result: dict[str, Any]) -> Findings:
        """Ours against the table, line by line; the others only say what never came, came twice or came astray."""
        if not isinstance(self.system, Room):
            return Findings(result["unanswered"], result["again"], result["strays"])
        url = paths.database_url(self.system.services.data, paths.SUPERUSER_ROLE)
        found = compare(url, accounts, transcripts)
        found += Findings(0, result["again"], result["strays"])
        return found

    def client(self, spec: dict[str, Any], module: str = "bench.load") -> subprocess.Popen:
        """The load client as a process of its own."""
        tag = f"{self.system.name[0]}{time.time_ns() // 1_000_000 % 10**9:x}"
        file = self.folder / "spec.json"
        file.write_text(json.dumps({"tag": tag, "dialect": self.system.dialect} | spec))
        return subprocess.Popen(
            [sys.executable, "-m", module, str(file)],
            cwd=paths.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "client.log").open("w"),
            text=True,
        )

    def memory(self) -> dict[str, Any]:
        """What one more open socket costs the web process, with 2,000 of them in 1,000 rooms."""
        accounts = self.accounts(HELD_SOCKETS // 2)
        base, _ = self.held(accounts[:BASE_SOCKETS])
        full, result = self.held(accounts)
        each = (full - base) / (len(accounts) - BASE_SOCKETS)
        return result | {"sockets": len(accounts), "kb_a_socket": round(each, 1), "base_kb": base, "full_kb": full}

    def held(self, accounts: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """The web processes' memory while these sockets are open and quiet."""
        client = self.client({"scenario": "hold", "accounts": accounts})
        assert client.stdout
        opened = json.loads(client.stdout.readline())
        time.sleep(SETTLE_SECONDS)
        used = sum(memory_kb(child.pid) for child in self.system.children)
        result = json.loads(client.communicate()[0])
        return used, {"opened_in": opened["seconds"], "closed_early": result["closed_early"]}

    def cut(self) -> dict[str, Any]:
        """How long after the network's return a client is back and has everything (bench/cut.py)."""
        accounts = self.accounts(20)
        client = self.client({"accounts": accounts, "cuts": 3 if self.quick else 5}, "bench.cut")
        out, _ = client.communicate()
        if client.returncode:
            raise RuntimeError(f"the client failed: see {self.folder / 'client.log'}")
        return json.loads(out) | {"sockets": len(accounts)}


def in_words(figure: dict[str, Any]) -> str:
    """One line for whoever watches."""
    name = f"{figure['at']} round {figure['round']} {figure['system']:8} {figure['case']:9}"
    if figure["case"] == "memory":
        return f"{name} {figure['kb_a_socket']} KB a socket, {figure['sockets']} open in {figure['opened_in']} s"
    if figure["case"] == "cut":
        return f"{name} back with `online` {figure['online']} without {figure['alone']}"
    delivery, ack = figure["delivery"], figure["ack"]
    return (
        f"{name} p50 {delivery['p50']} p95 {delivery['p95']} p99 {delivery['p99']} max {delivery['max']} ms, "
        f"ack p50 {ack['p50']} p99 {ack['p99']}, late {figure['late']['max']}, void {figure['void']}, "
        f"{figure.get('rate', '')} lines/s of {figure['sent']}, {figure['found']}, cpu {figure['cpu']}"
    )
