"""The figures in words: the last line, the table, the plot, and the page that holds them (docs/room-speed.md)."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.transcripts import Findings

CASES = ("pair", "pairs200", "flat50")
TITLES = {
    "pair": "one pair, 20 lines a second",
    "pairs200": "200 sessions, each side a line every 5 s",
    "flat50": "flat out, 50 rooms",
}
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
Results = list[dict[str, Any]]


def of(results: Results, system: str, case: str) -> Results:
    return [one for one in results if (one["system"], one["case"]) == (system, case)]


def systems(results: Results) -> list[str]:
    return list(dict.fromkeys(one["system"] for one in results if one["case"] in CASES))


def median(found: Results, *path: str) -> float:
    """The median of the rounds of one figure, NaN where there is none."""
    return statistics.median(values(found, *path)) if found else float("nan")


def values(found: Results, *path: str) -> list[float]:
    """One figure of each round."""
    collected = []
    for one in found:
        value: Any = one
        for name in path:
            value = value[name]
        collected.append(value)
    return collected


def total(results: Results) -> Findings:
    """What was lost, doubled or misplaced in our room, over all runs."""
    found = Findings()
    for one in results:
        if one["system"] == "room" and "found" in one:
            found += Findings(**one["found"])
    return found


def last_line(results: Results) -> str:
    """The line that other tools read: the pair's latencies beside the floor's of the same run, flat-out lines."""
    room, floor = of(results, "room", "pair"), of(results, "floor", "pair")
    p50, p99 = median(room, "delivery", "p50"), median(room, "delivery", "p99")
    base50, base99 = median(floor, "delivery", "p50"), median(floor, "delivery", "p99")
    sockets = max((one["sockets"] for one in results if one["system"] == "room"), default=0)
    return (
        f"room: p50 {p50:.1f} ms ({p50 / base50:.2f} x floor) p99 {p99:.1f} ms ({p99 / base99:.2f} x floor) "
        f"at {median(of(results, 'room', 'flat50'), 'rate'):.0f} lines/s, {sockets} sockets; {total(results)}"
    )


def spread(found: list[float]) -> str:
    """The median, and from where to where the rounds went."""
    middle = f"{statistics.median(found):.4g}"
    return middle if len(found) == 1 else f"{middle} ({min(found):.4g} to {max(found):.4g})"


def table(results: Results) -> Iterable[str]:
    """The rows of the page, in Markdown."""
    for case in CASES:
        rows = [(system, of(results, system, case)) for system in systems(results) if of(results, system, case)]
        if not rows:
            continue
        yield f"**{TITLES[case]}**"
        yield ""
        yield "| system | delivery p50 ms | p95 | p99 | max | acked p50 | p99 | lines/s | x floor p50 / p99 | rounds |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        for system, found in rows:
            yield row(system, found, of(results, "floor", case))
        yield ""
    yield from specials(results)


def row(system: str, found: Results, floor: Results) -> str:
    cells = [system, *(spread(values(found, "delivery", name)) for name in ("p50", "p95", "p99", "max"))]
    cells += [spread(values(found, "ack", name)) for name in ("p50", "p99")]
    cells.append(spread(values(found, "rate")) if "rate" in found[0] else "")
    ratios = (median(found, "delivery", name) / median(floor, "delivery", name) for name in ("p50", "p99"))
    cells.append(" / ".join(f"{ratio:.2f}" for ratio in ratios) if floor else "")
    return "| " + " | ".join([*cells, str(len(found))]) + " |"


def specials(results: Results) -> Iterable[str]:
    """Memory, coming back, what was void, and the comparison with the table."""
    for one in of(results, "room", "memory"):
        yield f"- {one['sockets']} open sockets: {one['kb_a_socket']} KB each (PSS of the web process,"
        yield f"  {one['base_kb']} KB with 20 open, {one['full_kb']} KB with all), opened in {one['opened_in']} s."
    for one in of(results, "room", "cut"):
        for name, how in (("online", "where the browser says `online`"), ("alone", "by its own clock alone")):
            figures = one[name]
            yield f"- Back and caught up after the network's return, {how}: median {figures['p50']:.0f} ms,"
            yield f"  p95 {figures['p95']:.0f} ms, longest {figures['max']:.0f} ms ({figures['n']} cuts of 2 s)."
    sent = sum(one.get("sent", 0) for one in results if one["system"] == "room")
    yield f"- Our room, both clients of every session against the table, {sent} lines: {total(results)}."
    void = sum(one.get("void", 0) for one in results)
    yield f"- Runs that were void because the generator was more than 5 ms late, and were played again: {void}."


def peers_table(file: Path) -> Iterable[str]:
    """Ours beside the other servers, all by the peers' load client (bench/peers/run.py)."""
    records = [json.loads(line) for line in file.read_text().splitlines()]
    records = [one for one in records if "latency_ms" in one]
    yield ""
    yield "**beside other servers, all by one load client**"
    yield ""
    yield "| system | pair p50 ms | pair p99 | 200 pairs p50 | 200 pairs p99 | flat out, 50 pairs, lines/s | rounds |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for system in dict.fromkeys(one["system"] for one in records):
        yield peers_row(system, records)


def peers_row(system: str, records: Results) -> str:
    found = {case: of(records, system, case) for case in (*CASES, "pairs50")}
    fewer = " (50 pairs)" if found["pairs50"] else ""
    crowd = found["pairs200"] or found["pairs50"]
    cells = [f"{cell(found['pair'], 'latency_ms', part)}" for part in ("p50", "p99")]
    cells += [f"{cell(crowd, 'latency_ms', part)}{fewer}" for part in ("p50", "p99")]
    cells.append(cell(found["flat50"], "throughput"))
    return "| " + " | ".join([system, *cells, str(len(found["pair"]))]) + " |"


def cell(found: Results, *path: str) -> str:
    return spread(values(found, *path)) if found else "not measured"


def print_table(results: Results) -> None:
    print("\n".join(table(results)))


def plot(results: Results) -> str:
    """Bars from p50 to p99 for each system and case, on a logarithmic scale of milliseconds, as SVG."""
    bars = [(case, system) for case in CASES for system in systems(results) if of(results, system, case)]
    height = 40 + 26 * len(bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="820" height="{height}" font-family="sans-serif"',
        ' font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for tick in (1, 10, 100, 1000, 10000):
        parts.append(f'<path d="M{across(tick)} 24V{height}" stroke="#d8dde0"/>')
        parts.append(f'<text x="{across(tick)}" y="16" text-anchor="middle">{tick} ms</text>')
    for number, (case, system) in enumerate(bars):
        found, top = of(results, system, case), 30 + 26 * number
        low, high = median(found, "delivery", "p50"), median(found, "delivery", "p99")
        colour = {"room": "#005eb8", "floor": "#768692"}.get(system, "#ae7300")
        wide = max(2.0, across(high) - across(low))
        parts.append(f'<text x="8" y="{top + 13}">{case} {system}</text>')
        parts.append(f'<rect x="{across(low)}" y="{top}" width="{wide:.1f}" height="18" fill="{colour}"/>')
        parts.append(f'<text x="{across(high) + 6}" y="{top + 13}">{low:.1f} to {high:.1f}</text>')
    return "\n".join([*parts, "</svg>", ""])


def across(milliseconds: float) -> float:
    """Where a latency stands on the plot: a decade is 140 units wide."""
    return round(150 + 140 * math.log10(max(1.0, milliseconds)), 1)


def write_page(page: Path, results: Results, peers: Path | None = None) -> None:
    """Put the tables between the marks of the page, and the plot beside it."""
    rows = [*table(results), *(peers_table(peers) if peers else [])]
    page.with_suffix(".svg").write_text(plot(results))
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text("\n".join([before + BEGIN, "", *rows, "", END]) + after)
