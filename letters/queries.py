"""What the letter pages read."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.access import may
from letters.models import Dispatch, Letter, LetterDraft
from letters.rendering import letter_html
from patients.wording import findings
from patients.wording.findings import PointedOut
from sites.models import Site


def body_now(draft: LetterDraft) -> SafeString:
    """Return the letter as it would read if approved at this moment."""
    return mark_safe(letter_html(draft, timezone.now()))  # noqa: S308 - our own template escapes what was typed


def pointed_out(draft: LetterDraft) -> PointedOut:
    """Return what the writer of a letter should look at before it is submitted (NOTE-8)."""
    return findings.together(findings.promise_in(*draft.parts.values()))


def life(draft: LetterDraft) -> dict:
    """Return the steps of a letter so far, and the newest query that is still to be answered."""
    events = list(draft.events.select_related("by"))
    queried = [event for event in events if event.what == "queried"]
    return {"events": events, "query": queried[-1] if draft.state == "queried" and queried else None}


def doors(user, draft: LetterDraft) -> dict[str, bool]:
    """Return which steps this person may take with the letter now."""
    writes, decides = may(user, "letters", "write"), may(user, "letters", "approve")
    return {
        "may_write": writes and draft.state in {"draft", "queried"},
        "may_decide": decides and draft.state == "submitted",
        "may_send": decides and draft.state == "approved",
    }


def waiting(site: str) -> dict:
    """Return the letters to look at, to send and stopped, for the desk; `site` is a code or empty."""
    drafts = LetterDraft.objects.filter(state="submitted").select_related("case__site", "author")
    sent = Dispatch.objects.filter(letter=OuterRef("pk"), recipient="patient", stopped="")
    letters = Letter.objects.filter(~Exists(sent)).select_related("case__site", "pdf")
    stopped = Dispatch.objects.exclude(stopped="").select_related("letter__case__site").order_by("-at")[:50]
    if site:
        drafts, letters = drafts.filter(case__site__code=site), letters.filter(case__site__code=site)
    sites = Site.objects.values_list("code", "name")
    return {"drafts": drafts[:200], "letters": letters[:200], "stopped": stopped, "sites": sites, "site": site}
