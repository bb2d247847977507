"""Pages of patient services for files of service referrals (REF-2)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from intake.referrals import batches
from intake.referrals.models import Batch, BatchRow
from intake.referrals.tables import LARGEST_FILE, LARGEST_FILE_MB, MOST_ROWS
from sites.models import Site
from ui.errors import Refused

ROWS_A_PAGE = 50
LATEST = 20
Verdict = BatchRow.Verdict
TABS = {Verdict.BAD: "To put right", Verdict.GOOD: "Good", Verdict.KNOWN: "Already here"}


class UploadForm(forms.Form):
    """A site and a file."""

    site = forms.ModelChoiceField(
        label="Which site is it for?",
        queryset=Site.objects.order_by("name"),
        to_field_name="code",
        empty_label="Choose a site",
        error_messages={"required": "Choose the site.", "invalid_choice": "Choose one of the sites."},
    )
    file = forms.FileField(
        label="The file",
        help_text=f"CSV, at most {LARGEST_FILE_MB} MB and {MOST_ROWS:,} rows. Nothing goes in before you have seen it.",
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(f"The file is larger than {LARGEST_FILE_MB} MB. Split it and upload the parts.")
        return file


@requires("batches", "write")
def batch_list(request: Request) -> HttpResponse:
    """The newest batches, and the form that uploads one."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = batches.upload_batch(form.cleaned_data["site"], file.name, file.read(), by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return HttpResponse(status=303, headers={"Location": reverse("intake:batch", args=[batch.ref])})
    newest = list(list_visible(request, Batch).select_related("site", "by").order_by("-uploaded_at", "-pk")[:LATEST])
    counts = BatchRow.objects.filter(batch__in=newest).order_by().values("batch", "verdict").annotate(n=Count("pk"))
    found = {(row["batch"], row["verdict"]): row["n"] for row in counts}
    entries = [
        {"batch": batch, **{verdict.value: found.get((batch.pk, verdict.value), 0) for verdict in Verdict}}
        for batch in newest
    ]
    context = {"form": form, "entries": entries}
    return render(request, "intake/referral_batches.html", context, status=422 if form.errors else 200)


@requires("batches", "read", methods=("GET",))
def batch(request: Request, batch) -> HttpResponse:
    """One batch: what is good, what is bad and why, what is here already."""
    found = visible(request, Batch, "site", "by", ref=batch)
    counts = {row["verdict"]: row["n"] for row in found.rows.order_by().values("verdict").annotate(n=Count("pk"))}
    shown = request.GET.get("show")
    if shown not in Verdict.values:
        shown = next((verdict for verdict in TABS if counts.get(verdict)), Verdict.GOOD)
    rows = found.rows.filter(verdict=shown).select_related("case")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": found,
        "tabs": [
            {"verdict": verdict, "label": label, "count": counts.get(verdict, 0)} for verdict, label in TABS.items()
        ],
        "shown": shown,
        "page": page,
        "progress": progress(found),
    }
    return render(request, "intake/referral_batch.html", context)


def progress(found: Batch) -> dict[str, int]:
    """How many good rows there are, are in, and are still to come."""
    good = found.rows.filter(verdict=Verdict.GOOD)
    counts = good.aggregate(good=Count("pk"), left=Count("pk", filter=Q(case=None)))
    return {"good": counts["good"], "left": counts["left"], "done": counts["good"] - counts["left"]}


@requires("batches", "write", methods=("POST",))
def loading(request: Request, batch) -> HttpResponse:
    """Load good rows for some seconds; the page asks again until none is left."""
    found = visible(request, Batch, "site", ref=batch)
    left = batches.load_batch(found, by=request.user)
    if request.htmx:
        return render(request, "intake/referral_batch_progress.html", {"batch": found, "progress": progress(found)})
    if left:
        messages.info(request, f"{left} rows are still to come. Go on loading.")
    else:
        messages.success(request, "Every good row is in.")
    return HttpResponse(status=303, headers={"Location": reverse("intake:batch", args=[found.ref])})


@requires("batches", "read", methods=("GET",))
def bad_rows(request: Request, batch) -> HttpResponse:
    """The bad rows as a file, with what to put right in each."""
    found = visible(request, Batch, ref=batch)
    name = f"to-put-right-{found.uploaded_at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(batches.bad_rows_file(found), content_type="text/csv; charset=utf-8", headers=headers)
