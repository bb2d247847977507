"""The files of a posted message: those that the page's script sent before, and those that come with the form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.forms import BaseForm
from django.http import JsonResponse

from accounts.requests import Request
from files import rules, uploads
from patients.models import Case
from therapy.enclosures import actions, files
from therapy.enclosures.models import CaseFile, Enclosure
from therapy.enclosures.registry import Shown
from ui.errors import Refused


@dataclass(frozen=True)
class Added:
    """References of files that are taken in, and refusals of those that are not."""

    refs: list[str] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)

    def shown(self, viewer) -> list[Shown]:
        """The files as the form shows them again where the message was refused."""
        sent = Enclosure.objects.filter(kind=actions.FILE, ref__in=self.refs).values_list("ref", flat=True)
        known = files.resolve(sorted(set(self.refs) - set(sent)), viewer) if self.refs else {}
        return [known[ref] for ref in self.refs if ref in known]

    def refuse_in(self, form: BaseForm) -> None:
        """Say in the form what is wrong with the files that are not taken."""
        for refusal in self.refusals:
            form.add_error(None, str(refusal))


REFUSED_STATUS = {"too_large": 413, "too_many": 429, "too_much": 429, "malformed": 400}
NOTHING_ADDED = Added()
REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def files_of(request: Request, case: Case) -> Added:
    """Take in the files that came with a form and return them with those that were sent before it.

    Posted twice under the same `client_key` they are the same files.
    """
    sent = request.FILES.getlist("files")
    known = _own(request, case)
    if len(sent) + len(known) > rules.MOST_IN_A_MESSAGE:
        why = Refused(f"A message holds {rules.MOST_IN_A_MESSAGE} files at most.", remedy="Add fewer of them.")
        return Added(known[: rules.MOST_IN_A_MESSAGE], [why])
    added, refusals = list(known), []
    for number, one in enumerate(sent):
        cid = f"{request.POST.get('client_key', '')}:{number}"
        try:
            content = content_of(one)
            added.append(str(actions.hand_in(case, content, by=request.user, cid=cid).ref))
        except Refused as refusal:
            refusals.append(refusal)
    return Added(added, refusals)


def _own(request: Request, case: Case) -> list[str]:
    """The references posted that are this person's own files of this case; others are as good as none."""
    wanted = [ref for ref in dict.fromkeys(request.POST.getlist("file")) if _is_reference(ref)]
    own = CaseFile.objects.filter(case=case, upload__by=request.user, upload__ref__in=wanted)
    known = {str(ref) for ref in own.values_list("upload__ref", flat=True)} if wanted else set()
    return [ref for ref in wanted if ref in known]


def _is_reference(text: str) -> bool:
    return REFERENCE.fullmatch(text) is not None


def content_of(sent) -> bytes:
    """Return the bytes of an uploaded file, never more than a file may have; raises Refused."""
    if sent is None:
        raise uploads.refused("malformed")
    if (sent.size or 0) > rules.MOST_BYTES:
        raise uploads.refused("too_large")
    return sent.read()


def refusal_as_json(refusal: Refused) -> JsonResponse:
    """Return a refusal with the words to be shown beside the file."""
    code = getattr(refusal, "code", "")
    return JsonResponse({"code": code, "words": str(refusal)}, status=REFUSED_STATUS.get(code, 422))
