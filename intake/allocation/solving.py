"""All waiting cases and all free places as one assignment (ALLOC-2). Pure: no Django."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from intake.allocation.panel import Candidate, Found, Panel
from intake.allocation.rules import CaseFacts, ClinicianFacts


def solve(scores: Sequence[Mapping[int, float]], places: Sequence[int]) -> list[int | None]:
    """Return for each case the index of its clinician or None: as many cases as can be, then the most worth.

    `scores` holds, for each case, the positive worth of each clinician who may be given it; `places` the free places
    of each clinician, who stands as that many columns. Nobody is matched beyond these, and no place twice.
    """
    columns = _columns(scores, places)
    if not columns:
        return [None] * len(scores)
    best = max(max(row.values(), default=0.0) for row in scores)
    bonus = best * (min(len(scores), len(columns)) + 1)  # one match more outweighs whatever worth it costs
    matrix = np.zeros((len(scores), len(columns)))
    place_of: dict[int, list[int]] = {}
    for column, clinician in enumerate(columns):
        place_of.setdefault(clinician, []).append(column)
    for row, worths in enumerate(scores):
        for clinician, worth in worths.items():
            matrix[row, place_of.get(clinician, [])] = worth + bonus
    rows, chosen = linear_sum_assignment(matrix, maximize=True)
    matched = {int(row): columns[column] for row, column in zip(rows, chosen, strict=True) if matrix[row, column] > 0}
    return [matched.get(row) for row in range(len(scores))]


def _columns(scores: Sequence[Mapping[int, float]], places: Sequence[int]) -> list[int]:
    """Return one column a free place, never more for a clinician than there are cases for them."""
    wanted = Counter(clinician for worths in scores for clinician in worths)
    return [index for index, free in enumerate(places) for _ in range(min(free, wanted[index]))]


def match(cases: Sequence[CaseFacts], clinicians: Sequence[ClinicianFacts], today: dt.date) -> list[Found]:
    """Return what the assignment finds for each case: the chosen, the considered, the excluded and why nobody."""
    panel = Panel(clinicians, today)
    found = [panel.look(case) for case in cases]
    index = {clinician.ref: number for number, clinician in enumerate(clinicians)}
    scores = [{index[one.clinician]: one.score for one in each.candidates} for each in found]
    chosen = solve(scores, [clinician.places for clinician in clinicians])
    for case, each, worths, number in zip(cases, found, scores, chosen, strict=True):
        if number is not None:
            each.chosen = Candidate(clinicians[number].ref, worths[number])
        else:
            each.why_nobody = panel.why_nobody(case, each)
    return found
