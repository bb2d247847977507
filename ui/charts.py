"""Where the parts of a line chart lie. Pure geometry and words: no Django, no clock, no drawing.

Lengths are units of the drawing's own grid, one of them about a pixel on the narrowest phone (320 pixels).
Moments are aware datetimes already in the reader's zone; values are plain numbers on the scale of the measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from ui.chart_words import in_words, long_day, number, short_day

WIDTH, HEIGHT = 280, 220
LEFT, RIGHT, TOP, BOTTOM = 28, 10, 18, 28
INSET = 14
LABEL_GAP = 48
LETTER = 6.2
TEXT_LINE = 12
MAX_STEPS = 6
NICE_STEPS = (1, 2, 3, 5, 10, 20, 25, 50, 100)
MARK = 5
SHADES = 5

DASHES = ("", "7 4", "2 4", "10 3 2 3", "4 2")
SHAPES = ("circle", "square", "diamond", "triangle", "circle")


@dataclass(frozen=True)
class Reading:
    """One value at one moment."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Series:
    """What one line shows; readings in any order."""

    name: str
    readings: Sequence[Reading]


@dataclass(frozen=True)
class Band:
    """A named stretch of the scale, both ends belonging to it."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Mark:
    """One reading in the drawing; `path` draws its shape, `text_y` is the baseline of its number."""

    x: float
    y: float
    path: str
    label: str
    text_y: float


@dataclass(frozen=True)
class Line:
    name: str
    points: str
    dash: str
    number: int
    marks: tuple[Mark, ...]
    key_path: str


@dataclass(frozen=True)
class Text:
    """A line of text; `y` is its baseline."""

    words: str
    y: float


@dataclass(frozen=True)
class Stripe:
    """A band in the drawing, its name in one or two lines; the higher the shade, the higher on the scale."""

    y: float
    height: float
    shade: int
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Cutoff:
    y: float
    label: str


@dataclass(frozen=True)
class Row:
    """A line of the table twin: a day and the value of each series on it, empty where there is none."""

    day: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class LineChart:
    """All that `<c-chart>` draws, the table twin and the sentence that says the same in words."""

    lines: tuple[Line, ...]
    stripes: tuple[Stripe, ...]
    cutoff: Cutoff | None
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    sentence: str
    right: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT

    @property
    def breadth(self) -> float:
        return round(self.right - self.left, 1)

    @property
    def empty(self) -> bool:
        return not self.rows


@dataclass(frozen=True)
class Scale:
    """Maps [low, high] to [start, end] in a straight line; a scale without extent maps all to its middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return round((self.start + self.end) / 2, 1)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def shape(name: str, x: float, y: float, size: float = MARK) -> str:
    """The path of a mark around (x, y); circles are drawn as two arcs."""
    if name == "square":
        return f"M{x - size} {y - size}h{2 * size}v{2 * size}h{-2 * size}z"
    if name == "diamond":
        return f"M{x} {y - size - 1}L{x + size + 1} {y}L{x} {y + size + 1}L{x - size - 1} {y}z"
    if name == "triangle":
        return f"M{x} {y - size - 1}L{x + size + 1} {y + size}L{x - size - 1} {y + size}z"
    return f"M{x - size} {y}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0z"


def value_ticks(low: float, high: float, place: Scale) -> tuple[Tick, ...]:
    """Ticks of the scale at round steps, at most seven, from the lowest value up."""
    step = next((step for step in NICE_STEPS if (high - low) / step <= MAX_STEPS), high - low)
    count = int((high - low) // step)
    return tuple(Tick(place(low + step * index), number(low + step * index)) for index in range(count + 1))


def spaced(moments: Sequence[datetime], place: Scale) -> list[datetime]:
    """Those moments whose labels have room: the last always, the others from the first on where they fit."""
    if not moments:
        return []
    last = moments[-1]
    kept: list[datetime] = []
    for moment in moments[:-1]:
        x = place(moment.timestamp())
        clear_of_last = place(last.timestamp()) - x >= LABEL_GAP
        if clear_of_last and (not kept or x - place(kept[-1].timestamp()) >= LABEL_GAP):
            kept.append(moment)
    return [*kept, last]


def day_ticks(moments: Sequence[datetime], place: Scale) -> tuple[Tick, ...]:
    """Ticks of those days whose labels have room."""
    return tuple(Tick(place(moment.timestamp()), short_day(moment)) for moment in spaced(moments, place))


def name_lines(name: str, height: float) -> list[str]:
    """A band's name in two lines where its last word can be split off and the stripe is high enough for both."""
    if " " in name and height >= 2 * TEXT_LINE:
        return name.rsplit(" ", 1)
    return [name]


def free_part(top: float, bottom: float, taken: float | None) -> tuple[float, float]:
    """The larger part of a stripe that the label of the cut-off at height `taken` leaves free."""
    if taken is None or not top - TEXT_LINE / 2 < taken < bottom + TEXT_LINE / 2:
        return top, bottom
    above, below = (top, taken - TEXT_LINE / 2), (taken + TEXT_LINE / 2, bottom)
    return max(above, below, key=lambda part: part[1] - part[0])


def texts(name: str, top: float, bottom: float) -> tuple[Text, ...]:
    """The name of a stripe, centred between two heights."""
    lines = name_lines(name, bottom - top)
    first = (top + bottom) / 2 - TEXT_LINE * (len(lines) - 1) / 2 + TEXT_LINE / 3
    return tuple(Text(words, round(first + TEXT_LINE * index, 1)) for index, words in enumerate(lines))


def stripes(
    bands: Sequence[Band], low: float, high: float, place: Scale, cutoff: Cutoff | None = None
) -> tuple[Stripe, ...]:
    """The bands from the lowest up; between two neighbours the border lies halfway (4 | 5 meet at 4.5)."""
    ordered = sorted(bands, key=lambda band: band.low)
    borders = [low, *((a.high + b.low) / 2 for a, b in pairwise(ordered)), high]
    taken = cutoff.y if cutoff else None
    drawn = []
    for index, band in enumerate(ordered):
        top, bottom = place(borders[index + 1]), place(borders[index])
        name = texts(band.name, *free_part(top, bottom, taken))
        drawn.append(Stripe(top, round(bottom - top, 1), min(SHADES, index + 1), name))
    return tuple(drawn)


def gutter(drawn: Sequence[Stripe], cutoff: Cutoff | None) -> float:
    """The breadth kept free at the right for the names of the bands and of the cut-off."""
    words = [text.words for stripe in drawn for text in stripe.texts]
    if cutoff:
        words.append(cutoff.label)
    return RIGHT + max((len(word) for word in words), default=0) * LETTER


def line(index: int, series: Series, x: Scale, y: Scale) -> Line:
    """One series as a line; dash and mark tell it from the others without colour."""
    readings = sorted(series.readings, key=lambda reading: reading.at)
    kind = SHAPES[index % len(SHAPES)]
    marks = []
    for reading in readings:
        at, height = x(reading.at.timestamp()), y(reading.value)
        text_y = height - 10 if height > TOP + 14 else height + 18
        marks.append(Mark(at, height, shape(kind, at, height), number(reading.value), round(text_y, 1)))
    points = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    return Line(series.name, points, DASHES[index % len(DASHES)], index + 1, tuple(marks), shape(kind, 18, 8))


def sorted_pairs(one: Series) -> list[tuple[datetime, float]]:
    return sorted((reading.at, reading.value) for reading in one.readings)


def rows(series: Sequence[Series], moments: Sequence[datetime]) -> tuple[Row, ...]:
    by_moment = [{reading.at: number(reading.value) for reading in one.readings} for one in series]
    return tuple(Row(long_day(at), tuple(values.get(at, "") for values in by_moment)) for at in moments)


def line_chart(
    series: Sequence[Series],
    *,
    low: float,
    high: float,
    bands: Sequence[Band] = (),
    cutoff: float | None = None,
) -> LineChart:
    """The geometry of one or several series on a scale from low to high, with bands and cut-off behind them."""
    moments = sorted({reading.at for one in series for reading in one.readings})
    stamps = [moment.timestamp() for moment in moments] or [0.0]
    y = Scale(low, high, HEIGHT - BOTTOM, TOP)
    border = None if cutoff is None else Cutoff(y(cutoff), f"cut-off {number(cutoff)}")
    drawn = stripes(bands, low, high, y, border)
    right = round(WIDTH - gutter(drawn, border), 1)
    x = Scale(stamps[0], stamps[-1], LEFT + INSET, right - INSET)
    return LineChart(
        lines=tuple(line(index, one, x, y) for index, one in enumerate(series)),
        stripes=drawn,
        cutoff=border,
        right=right,
        ticks_x=day_ticks(moments, x),
        ticks_y=value_ticks(low, high, y),
        names=tuple(one.name for one in series),
        rows=rows(series, moments),
        sentence=" ".join(in_words(one.name, sorted_pairs(one), cutoff) for one in series),
    )
