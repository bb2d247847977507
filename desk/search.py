"""Finding a case by reference, name, NHS number or date of birth."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from patients.models import Case
from patients.rules import read_case_ref, search_key

MOST_FOUND = 50


def find(cases: QuerySet[Case], typed: str) -> QuerySet[Case]:
    """Return the cases among `cases` that fit what was typed; all of them where nothing was."""
    typed = typed.replace("\0", "").strip()
    if not typed:
        return cases
    ref = read_case_ref(typed)
    if ref is not None:
        return cases.filter(ref=ref)
    digits = re.sub(r"\D", "", typed)
    condition = Q()
    for word in search_key(typed).split():
        condition &= Q(patient__search_key__contains=word)
    if len(digits) == 10:
        condition |= Q(patient__nhs_number=digits)
    return cases.filter(condition)
