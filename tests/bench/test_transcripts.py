"""The benchmark sees what would be wrong: a loss, a double, a line out of place."""

import pytest

from bench.report import last_line
from bench.transcripts import Findings, compare_client, compare_table

TABLE = [(1, "event:joined"), (2, "a.0"), (3, "a.1"), (4, "a.2")]
# One's own line a.1 comes as its acknowledgement.
SEEN = [("line", "event:joined", 1), ("line", "a.0", 2), ("ack", "a.1", 3), ("line", "a.2", 4)]


def test_what_is_right_is_found_right():
    assert compare_client(SEEN, TABLE).clean
    assert compare_table(TABLE).clean


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (SEEN[:-1], Findings(lost=1)),
        ([*SEEN, ("ack", "a.3", 5)], Findings(lost=1)),
        ([*SEEN, SEEN[-1]], Findings(doubled=1)),
        ([*SEEN[:-1], ("line", "a.9", 4)], Findings(misplaced=1)),
        ([SEEN[0], SEEN[2], SEEN[3], SEEN[1]], Findings(misplaced=1)),
    ],
)
def test_what_is_wrong_with_a_client_is_named(seen, found):
    assert compare_client(seen, TABLE) == found


def test_a_gap_or_a_double_in_the_table_is_named():
    assert compare_table([(1, "a.0"), (3, "a.1")]) == Findings(misplaced=1)
    assert compare_table([(1, "a.0"), (2, "a.0")]) == Findings(doubled=1)


def test_the_last_line_is_what_other_tools_read():
    def figure(system: str, case: str, p50: float, p99: float) -> dict:
        return {"system": system, "case": case, "delivery": {"p50": p50, "p99": p99}, "sockets": 400, "rate": 1500.2}

    results = [figure("floor", "pair", 2.0, 4.0), figure("room", "pair", 3.0, 5.0), figure("room", "flat50", 9, 9)]
    results[-1]["found"] = {"lost": 0, "doubled": 0, "misplaced": 0}
    assert last_line(results) == (
        "room: p50 3.0 ms (1.50 x floor) p99 5.0 ms (1.25 x floor) at 1500 lines/s, 400 sockets; "
        "lost 0 doubled 0 misplaced 0"
    )
