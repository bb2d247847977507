"""Scores over time as chart, table and words (MEAS-7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from measures import definitions, rules
from measures.definitions import Definition
from measures.models import Score
from patients.models import Case
from ui.charts import Band, LineChart, Reading, Series, line_chart


@dataclass(frozen=True)
class ScoreChart:
    """What one measure's part of the page shows."""

    title: str
    about: str
    chart: LineChart
    words: str
    meaning: str
    band: str
    credit: str


def score_charts(case: Case, until: dt.datetime | None = None) -> list[ScoreChart]:
    """Return a chart for each measure that the case has a score of, up to a moment where one is given."""
    by_measure: dict[str, list[Score]] = {}
    scores = case.scores.filter(at__lte=until) if until else case.scores.all()
    for score in scores.order_by("at", "pk"):
        by_measure.setdefault(score.measure, []).append(score)
    return [
        _chart(definitions.current(measure), scores) for measure, scores in sorted(by_measure.items(), reverse=True)
    ]


def score_chart(case: Case, measure: str) -> ScoreChart:
    """Return the chart of one measure, empty where the case has no score of it."""
    return _chart(definitions.current(measure), list(case.scores.filter(measure=measure).order_by("at", "pk")))


def _chart(definition: Definition, scores: list[Score]) -> ScoreChart:
    readings = [Reading(timezone.localtime(score.at), float(score.total)) for score in scores]
    return ScoreChart(
        title=definition.title,
        about=definition.about,
        chart=line_chart(
            [Series(definition.title, readings)],
            low=definition.lowest,
            high=definition.highest,
            bands=_bands(definition),
            cutoff=definition.caseness,
        ),
        words=words(definition, scores),
        meaning=rules.meaning(definition),
        band=scores[-1].band if scores else "",
        credit=definition.credit,
    )


def _bands(definition: Definition) -> list[Band]:
    """The bands with both their ends; a band ends one below where the next begins."""
    tops = [following.low - 1 for _, following in pairwise(definition.bands)] + [definition.highest]
    return [Band(band.label, band.low, top) for band, top in zip(definition.bands, tops, strict=False)]


def words(definition: Definition, scores: list[Score]) -> str:
    """Return the course from the first score to the last in words, "" without a score (MEAS-7)."""
    if not scores:
        return ""
    last = scores[-1].total
    if len(scores) == 1:
        return f"{definition.title}: {rules.plain(last)}, {rules.where(definition, last) or 'one score so far'}."
    return f"{definition.title}: {rules.change_in_words(scores[0].total, last, definition)}."
