"""What a text says that its writer should look at once more (NOTE-3, NOTE-8). Pure: no Django, no clock.

Each rule answers with the passages, in the writer's own words. It would rather miss one than point at what is fine:
whoever is warned of nothing too often stops reading warnings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# --- promises (NOTE-8) --------------------------------------------------------------------------
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty"
)
_COUNT = rf"(?:\d{{1,2}}(?:[.,]5)?|{NUMBERS.replace(' ', '|')}|a couple of|half a dozen|a dozen)(?: and a half)?"
_RANGE = rf"{_COUNT}(?:\s*(?:-|\u2013|/|to|or)\s*{_COUNT})?"
_MORE = r"(?:more|further|extra|additional|other)"
_SORT = (
    r"(?:weekly|fortnightly|full|therapy|treatment|cbt|typed|video|free|booked|planned|"
    r"follow[- ]up|(?:\d+|one|fifty|sixty|thirty)[- ](?:hour|minute|min)s?)"
)
_MEETINGS = r"(?:sessions?|appointments?|meetings?)"
_OF_THERAPY = r"of (?:\w+ )?(?:therapy|treatment|cbt|sessions?|support|our time|my time)"
_EACH_WEEK = r"(?:a|each|every|per) (?:week|fortnight|month)"
# A number of sessions: "six sessions", "6-8 weekly sessions", "6 more appointments", "another two sessions".
SESSIONS = re.compile(
    rf"(?<![\w:.,/])(?P<more>another )?(?:up to )?{_RANGE} (?P<more2>{_MORE} )?(?:{_SORT},? )*{_MEETINGS}(?!\w)"
    rf"|(?<!\w)(?P<more3>another|an extra|an additional) (?:{_SORT} )*{_MEETINGS} {_EACH_WEEK}",
    re.IGNORECASE,
)
# A number of hours counts where it is plainly of therapy; "in 48 hours" and "slept 5 hours" are not.
HOURS = re.compile(
    rf"(?<![\w:.,/])(?:(?:another )?(?:up to )?{_RANGE} (?:{_MORE} )?(?:{_SORT} )?hours? {_OF_THERAPY}"
    rf"|{_RANGE} {_MORE} hours?(?! (?:of (?:sleep|work|rest)|ago|later|before|after|away))"
    rf"|(?:another|an extra|an additional) hour(?: {_OF_THERAPY}| {_EACH_WEEK}| with me| together)"
    rf"|an hour {_OF_THERAPY}|an hour (?:{_EACH_WEEK} )with me)(?!\w)",
    re.IGNORECASE,
)
GIVEN_HOURS = re.compile(
    rf"(?<!\w)(?:you|we|i)(?: \w+)?(?:['\u2019]ll| will| can| shall| may| have| are| get)[^.!?\n]{{0,24}}?"
    rf"(?:have|get|receive|offer\w*|give\w*|entitled to|left)(?: you)?(?: up to)? {_RANGE} hours?(?:['\u2019])?"
    r"(?! (?:notice|to |of |before|after|ago|later|from|until|sleep|away|at |in |on "
    r"|(?:a|each) (?:day|night)|per))"
    r"(?!\w)",
    re.IGNORECASE,
)
# What is told of the past promises nothing: "attended six sessions", "the last two sessions", "8 sessions so far".
_TOLD = re.compile(
    r"(?:\b(?:had|attended|completed|did|done|finished|used|missed|cancelled|received|after|since|last|past|previous"
    r"|first|earlier|these|those|held|were|was|of the|for the|in the|over the|during|throughout|across|between)"
    r"(?: (?:a total of|all|all of|only|just|about|our|your|her|his|their|the|last|past|first|previous))*\s*)$",
    re.IGNORECASE,
)
_TOLD_AFTER = re.compile(
    r"^\s*,?\s*(?:at a time|so far|to date|already|attended|completed|held|ago|were|was"
    r"|have been|has been|had been|have taken|took|missed|cancelled"
    r"|together so far|that we (?:had|did)|that you (?:had|attended|did)|we (?:had|have had|did)"
    r"|you (?:attended|have attended|had))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?\n]\s")
# A line that goes on with a small letter is one sentence with the line before it.
_WRAPPED = re.compile(r"(?<=\w)[^\S\n]*\r?\n[^\S\n]*(?=[a-z])")


def promises(text: str) -> list[str]:
    """Return the passages that promise a number of sessions or hours, each once, in their order (NOTE-8)."""
    plain = _WRAPPED.sub(" ", text.replace("\u00a0", " "))
    found = [match for match in SESSIONS.finditer(plain) if not _is_told(plain, match)]
    found += [*HOURS.finditer(plain), *GIVEN_HOURS.finditer(plain)]
    ordered = sorted(found, key=lambda match: match.start())
    return list(dict.fromkeys(" ".join(match.group().split()) for match in ordered))


def _is_told(plain: str, match: re.Match[str]) -> bool:
    """Tell whether a number of sessions is told of the past; "more" and "another" never are."""
    if match["more"] or match["more2"] or match["more3"]:
        return False
    before = _SENTENCE.split(plain[: match.start()])[-1]
    return bool(_TOLD.search(before) or _TOLD_AFTER.match(plain[match.end() :]))


# --- names (NOTE-3, NOTE-8) ---------------------------------------------------------------------
# Names that are words as well. Alone they count only within a sentence, and names of months only beside the other
# name of the same person: "Will you" and "In May" are nobody.
MONTHS = frozenset({"April", "May", "June", "August"})
_WORDS_TOO = (
    "Amber Angel Art Autumn Ash Basil Bill Bishop Black Brook Brown Carol Chance Chase Christian Cliff Cook Crystal "
    "Daisy Dale Dawn Day Dean Early Earnest Eve Faith Field Forest Frank Gay Gene Ginger Glen Good Grace Grant Gray "
    "Green Grey Guy Hall Hand Hardy Harmony Hill Holly Hope Hunter Iris Ivy Jack Jade Jasmine Joy King Knight Lane "
    "Lily Little Long Love Mark Marsh Mason Melody Miles Moor More Nick Noble Norm North Olive Page Parish Patience "
    "Penny Poppy Pat Price Prudence Rains Ray Rich Rivers Rob Robin Rock Rose Ruby Rusty Sandy Savannah Shaw Short "
    "Sky Small Sonny Stone Strong Sue Summer Sunny Taylor Tiger Violet Wade Walker Ward Waters Way West White Will "
    "Winter Wood Young"
)
WORDS_TOO = MONTHS | frozenset(_WORDS_TOO.split())
SHORTEST_NAME = 2
_STARTS_SENTENCE = re.compile(r"(?:^|[.!?:;\n\u2022-]\s*[\"'(\u2018\u201c]*)\s*$")
Person = tuple[str, ...]


def names_in(text: str, people: Iterable[Person], own: Iterable[str] = ()) -> list[str]:
    """Return the names of people that a text holds, each once, in their order (NOTE-3).

    A person is (given name, ..., family name). A name counts as a whole word and as it is written, with its capital;
    names in `own` (of the patient, of the writer) never do. One that is an ordinary word too is judged by its place.
    """
    flat = _flat(text)
    mine = {_flat(name) for whole in own for name in [whole, *whole.split()]}
    found: dict[int, str] = {}
    for person in people:
        wanted = [name for name in dict.fromkeys(map(_flat, person)) if len(name) >= SHORTEST_NAME and name not in mine]
        for name in wanted:
            place = _place_of(flat, name, [other for other in map(_flat, person) if other != name])
            if place is not None:
                found.setdefault(place, name)
    return list(dict.fromkeys(found[place] for place in sorted(found)))


def whole_names_in(text: str, names: Iterable[str]) -> list[str]:
    """Return those full names, as "Ada Field", that a text holds word for word (NOTE-3)."""
    flat = _flat(text)
    return [name for name in dict.fromkeys(names) if " " in name.strip() and _whole(_flat(name)).search(flat)]


def _place_of(flat: str, name: str, others: list[str]) -> int | None:
    """Return where a text first means the person by this name, or None."""
    if name not in flat:
        return None
    places = (match.start() for match in _whole(name).finditer(flat))
    return next((place for place in places if _is_meant(flat, place, name, others)), None)


def _is_meant(flat: str, place: int, name: str, others: list[str]) -> bool:
    if name not in WORDS_TOO:
        return True
    before, after = flat[:place].rstrip(), flat[place + len(name) :].lstrip()
    if any(re.search(rf"(?<!\w){re.escape(o)}$", before) or re.match(rf"{re.escape(o)}(?!\w)", after) for o in others):
        return True
    return name not in MONTHS and not _STARTS_SENTENCE.search(flat[:place])


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def _flat(text: str) -> str:
    """The text with accents off: "Zoë" is met by "Zoe"; case stays."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(character for character in parts if not unicodedata.combining(character)).replace("\u2019", "'")


# --- copies (NOTE-3) ----------------------------------------------------------------------------
SHINGLE_WORDS = 4
# So many words in a row that two notes share, of all that either has, and they are much the same.
MUCH_THE_SAME = 0.5
# Short notes, of a session that did not take place, are alike by nature.
SHORTEST_COMPARED = 40
# The words of so many earlier notes are compared.
MOST_COMPARED = 50


def shingles(text: str) -> frozenset[str]:
    """Return every run of four words of a text, without case and punctuation; none of a short one."""
    words = re.findall(r"\w+", text.casefold())
    if len(words) < SHORTEST_COMPARED:
        return frozenset()
    return frozenset(" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two texts share, from 0 to 1 (Jaccard's measure over their runs of four words)."""
    return len(one & other) / len(one | other) if one and other else 0.0


def most_alike(text: str, earlier: Iterable[str]) -> int | None:
    """Return which of the earlier texts this one is much the same as, by its place, or None (NOTE-3)."""
    mine = shingles(text)
    alike = [(likeness(mine, shingles(other)), -place) for place, other in enumerate(earlier)] if mine else []
    best = max(alike, default=(0.0, 0))
    return -best[1] if best[0] >= MUCH_THE_SAME else None


# --- an empty risk part (NOTE-3) ----------------------------------------------------------------
_FILLING = (
    "a above and at applicable as before change changed changes concerns current discussed disclosed identified "
    "issues last n na new nil no none not nothing noted ok per present reported risk risks same see session stated "
    "the there time to unchanged as is was"
)
_SAYS_NOTHING = frozenset(_FILLING.split())


def says_nothing(text: str) -> bool:
    """Tell whether a risk part is empty in substance: blank, or nothing but words such as "no risk" or "as before"."""
    return all(word in _SAYS_NOTHING for word in re.findall(r"\w+", text.casefold()))
