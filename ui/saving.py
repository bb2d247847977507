"""The one protocol by which a long text is saved while it is typed (MSG-9); its other half is static/js/draft.js.

A page posts its texts with the `version` that it saw last. Where another window saved meanwhile, nothing is
overwritten: the answer is 409 with the other text and the differences, and the writer chooses. A page that is left
while a save is under way posts once more and says what that save held (`before-` fields). Who keeps the text
where (a draft of `drafts`, a note, a letter) is its owner's business; this module says how it is asked and answered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse

from ui.differences import differences
from ui.errors import Refused

BEFORE = "before-"


@dataclass(frozen=True)
class Saved:
    """What is kept: the texts by field, the number of the save and its time (None: nothing yet)."""

    texts: Mapping[str, str]
    version: int = 0
    at: dt.datetime | None = None

    @property
    def answer(self) -> dict[str, Any]:
        return {**self.texts, "version": self.version, "saved_at": self.at.isoformat() if self.at else ""}


class Overtaken(Refused):
    """Somebody saved this text in another window since it was opened; `saved` is what is kept now."""

    def __init__(self, saved: Saved) -> None:
        super().__init__(
            "This text was changed in another window meanwhile.", remedy="Compare the two texts and choose."
        )
        self.saved = saved


def refuse_overtaken(kept: Saved, texts: Mapping[str, str], version: int) -> bool:
    """Tell whether there is something new to keep; raises Overtaken where it is based on an older version."""
    if all(kept.texts.get(name, "") == text for name, text in texts.items()):
        return False
    if kept.version != version:
        raise Overtaken(kept)
    return True


def answer(request: HttpRequest, form: BaseForm, read: Callable[[], Saved], save: Callable[[], Saved]) -> JsonResponse:
    """Answer GET with what is kept, and POST with what was saved, or with what stands in its way."""
    if request.method != "POST":
        return JsonResponse(read().answer)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": f"Not saved. {message}"}, status=422)
    try:
        kept = _after_own(request, form, save)
    except Overtaken as overtaken:
        return JsonResponse(_overtaken(overtaken, form), status=409)
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=409)
    return JsonResponse({"version": kept.version, "saved_at": kept.at.isoformat() if kept.at else ""})


def _after_own(request: HttpRequest, form: BaseForm, save: Callable[[], Saved]) -> Saved:
    """Save, also where the version was overtaken by nothing but the save that this page had under way."""
    try:
        return save()
    except Overtaken as overtaken:
        if not _is_own(request, form, overtaken.saved):
            raise
        form.cleaned_data["version"] = overtaken.saved.version
        return save()


def _is_own(request: HttpRequest, form: BaseForm, kept: Saved) -> bool:
    """Tell whether what is kept is what this page says its earlier save held; owners may trim what they keep."""
    before = {field.name: request.POST.get(BEFORE + field.name) for field in form.visible_fields()}
    if not any(text is not None for text in before.values()):
        return False
    try:
        cleaned = {name: str(form.fields[name].clean(text or "") or "") for name, text in before.items()}
    except ValidationError:
        return False
    return all(text.strip() == str(kept.texts.get(name, "")).strip() for name, text in cleaned.items())


def _overtaken(overtaken: Overtaken, form: BaseForm) -> dict[str, Any]:
    """The other text, and for each field that differs the way from mine to theirs, word by word."""
    mine = {field.name: str(form.cleaned_data.get(field.name) or "") for field in form.visible_fields()}
    theirs = {name: str(overtaken.saved.texts.get(name, "")) for name in mine}
    pieces = {
        name: [[piece.kind, piece.text] for piece in differences(mine[name], text)]
        for name, text in theirs.items()
        if text != mine[name]
    }
    return {"message": str(overtaken), "theirs": overtaken.saved.answer | theirs, "differences": pieces}
