"""A patient's own transcripts: all of them, one of them, what is marked; nobody else has these doors (ROOM-9)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from therapy.room.models import Line, Session
from therapy.transcripts import actions, presenting, rules
from therapy.transcripts.forms import NoteForm
from ui import saving
from ui.posting import attempt, posted, see, status_of

RELATED = ("appointment__case", "patient_user", "clinician_user")


def _line(request: Request, session: uuid.UUID, seq: int) -> Line:
    found = visible(request, Session, *RELATED, ref=session)
    hidden = presenting.hidden_from(request.user)
    line = found.lines.exclude(kind=Line.EVENT).exclude(hidden).filter(seq=seq).select_related("session").first()
    if line is None:
        raise Http404
    return line


def _at(line: Line) -> HttpResponse:
    return see(f"{reverse('therapy:own-transcript', args=[line.session.ref])}#line-{line.seq}")


@requires("own_transcripts", "read", methods=("GET",))
def conversations(request: Request) -> HttpResponse:
    """All sessions of all episodes, newest first; `?q=` finds lines in all of them."""
    mine = list_visible(request, Session)
    query = request.GET.get("q", "").replace("\0", "")[: rules.LONGEST_QUERY].strip()
    context: dict[str, Any] = {"query": query}
    if query:
        found = presenting.search(mine, request.user, query)
        context |= {"found": found[: rules.MOST_FOUND], "more": len(found) > rules.MOST_FOUND, "most": rules.MOST_FOUND}
    else:
        context |= {"sessions": presenting.listed(mine, request.user)}
    return render(request, "therapy/transcripts/list.html", context)


@requires("own_transcripts", "read", methods=("GET",))
def marks(request: Request) -> HttpResponse:
    """Every line that the patient marked or noted something on."""
    found = presenting.marked_by(list_visible(request, Session), request.user)
    return render(request, "therapy/transcripts/marks.html", {"found": found})


@requires("own_transcripts", "read", methods=("GET",))
def own(request: Request, session: uuid.UUID) -> HttpResponse:
    """One transcript to read, with the patient's own marks and notes."""
    found = visible(request, Session, *RELATED, ref=session)
    days = presenting.by_days(presenting.rows_of(found, request.user))
    return render(request, "therapy/transcripts/own.html", {"session": found, "days": days, "base": request.path})


@requires("own_transcripts", "read", methods=("GET",))
def text(request: Request, session: uuid.UUID) -> HttpResponse:
    """One transcript as plain text, to keep."""
    found = visible(request, Session, *RELATED, ref=session)
    typed = dict(found.lines.values_list("seq", "text"))
    content = presenting.as_text(found, presenting.rows_of(found, request.user), typed)
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="conversation-{found.opens_at:%Y-%m-%d}.txt"'
    return response


@requires("own_transcripts", "write", methods=("POST",))
def mark(request: Request, session: uuid.UUID, seq: int) -> HttpResponse:
    """Mark a line, or with `off` take the mark away."""
    line = _line(request, session, seq)
    if request.POST.get("off"):
        actions.unmark(line, by=request.user)
    else:
        actions.mark(line, by=request.user)
    return see(reverse("therapy:conversation-marks")) if request.POST.get("list") else _at(line)


@requires("own_transcripts", "write")
def note(request: Request, session: uuid.UUID, seq: int) -> HttpResponse:
    """Write a private note on a line."""
    line = _line(request, session, seq)
    kept = actions.note_of(line, request.user)
    form = NoteForm(posted(request), initial={**kept.texts, "version": kept.version})
    if form.is_valid() and attempt(form, lambda: _save(request, line, form)):
        messages.success(request, "Your note is saved. Only you can see it.")
        return _at(line)
    context = {"line": line, "form": form, "kept": kept, "session": line.session}
    return render(request, "therapy/transcripts/note.html", context, status=status_of(form))


@requires("own_transcripts", "write")
def note_draft(request: Request, session: uuid.UUID, seq: int) -> JsonResponse:
    """Saves a note while it is typed (MSG-9)."""
    line = _line(request, session, seq)
    form = NoteForm(request.POST)
    return saving.answer(request, form, lambda: actions.note_of(line, request.user), lambda: _save(request, line, form))


def _save(request: Request, line: Line, form: NoteForm) -> saving.Saved:
    return actions.save_note(line, **form.cleaned_data, by=request.user)
