"""Doors of notes and case details."""

from django.urls import path

from therapy.notes import details_views, views

urlpatterns = [
    path("appointments/<uuid:appointment>/note/", views.note, name="note"),
    path("appointments/<uuid:appointment>/note/draft/", views.note_draft, name="note-draft"),
    path("appointments/<uuid:appointment>/note/signature/", views.signature, name="note-signature"),
    path("appointments/<uuid:appointment>/note/addenda/", views.addenda, name="addenda"),
    path("cases/<case:case>/details/", details_views.show, name="details"),
    path("cases/<case:case>/details/new/", details_views.change, name="set-details"),
    path("cases/<case:case>/details/agreement/", details_views.agreement, name="agreement"),
]
