"""Adding files, and opening them: only those who may see the case, and never as something a browser runs (ROOM-11)."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from files import rules, uploads
from files.models import StoredFile
from files.scanning import notice
from patients.models import Case
from therapy.enclosures import actions, files
from therapy.enclosures.adding import content_of, refusal_as_json
from therapy.enclosures.models import CaseFile
from therapy.messages import actions as messages
from ui.errors import Refused

# A file is never a page of ours: nothing in it runs, loads or sends anything, also where a browser shows it.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@requires("files", "write", methods=("POST",))
def adding(request: Request, case: str) -> JsonResponse:
    """Take in one file for a message that is being written; answers with how it is to be shown."""
    found = visible(request, Case, "patient", "clinician", ref=case)
    if not messages.is_open_to(found, request.user):
        return refusal_as_json(Refused("This conversation is closed, so no file can be added."))
    try:
        content = content_of(request.FILES.get("file"))
        added = actions.hand_in(found, content, by=request.user, cid=request.POST.get("cid", ""))
    except Refused as refusal:
        return refusal_as_json(refusal)
    return JsonResponse(_as_json(str(added.ref), request.user))


def _as_json(ref: str, viewer) -> dict[str, str]:
    return files.as_json(files.resolve([ref], viewer)[ref])


def _file(request: Request, ref: uuid.UUID) -> CaseFile:
    """Return a file of a case that this person may see; one that is not sent yet is its owner's alone."""
    found = visible(request, CaseFile, "upload", "case__patient", upload__ref=ref)
    if found.upload.by_id != request.user.pk and not actions.is_given_away(found):
        raise Http404
    if actions.is_hidden_from(found, request.user):
        raise Http404
    return found


@requires("files", "read", methods=("GET",))
def file(request: Request, file: uuid.UUID) -> HttpResponse:
    """The page of a file: a picture or text is shown in it, anything else can be downloaded (ACC-6)."""
    found = _file(request, file)
    item = files.resolve([str(file)], request.user)[str(file)]
    context = {"file": found, "item": item, "text": _text(found), "notice": notice(), "by": _by(found, request.user)}
    return render(request, "therapy/enclosures/file_page.html", context)


def _by(found: CaseFile, viewer) -> str:
    """Who added it, as the viewer knows that person."""
    if found.upload.by_id == viewer.pk:
        return "you"
    return found.case.patient.called if found.upload.by_id == found.case.patient.user_id else found.upload.by.name


def _text(found: CaseFile) -> str:
    stored = uploads.served_file(found.upload) if found.upload.kind == "text" else None
    return files.text_of(bytes(stored.content)) if stored else ""


@requires("files", "read", methods=("GET",))
def state(request: Request, file: uuid.UUID) -> JsonResponse:
    """Where a file stands, for a page that waits for its check; not an opening of the file."""
    found = list_visible(request, CaseFile).filter(upload__ref=file).select_related("upload", "case").first()
    if found is None:
        found = _file(request, file)
    if found.upload.by_id != request.user.pk and not actions.is_given_away(found):
        raise Http404
    return JsonResponse(_as_json(str(file), request.user))


@requires("files", "read", methods=("GET",))
def picture(request: Request, file: uuid.UUID) -> HttpResponse:
    """A picture that was made anew, to be shown in a page; nothing else is ever shown inline."""
    found = _file(request, file)
    stored = uploads.served_file(found.upload)
    if stored is None or not rules.KINDS[found.upload.kind].is_picture:
        raise Http404
    return _bytes(stored, f'inline; filename="{_name(found)}"')


@requires("files", "download", methods=("POST",))
def download(request: Request, file: uuid.UUID) -> HttpResponse:
    """The file itself, to be kept; for staff each time is an entry of its own in the access log (ACC-6)."""
    found = _file(request, file)
    stored = uploads.served_file(found.upload)
    if stored is None:
        raise Refused("This file cannot be opened yet.", remedy="It waits for the virus check. Try again in a minute.")
    return _bytes(stored, f'attachment; filename="{_name(found)}"')


def _name(found: CaseFile) -> str:
    return rules.download_name(found.upload.kind, str(found.ref))


def _bytes(stored: StoredFile, disposition: str) -> HttpResponse:
    response = HttpResponse(bytes(stored.content), content_type=stored.content_type)
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    return response
