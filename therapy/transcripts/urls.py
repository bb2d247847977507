"""Doors of one's own transcripts."""

from django.urls import path

from therapy.transcripts import views

urlpatterns = [
    path("conversations/", views.conversations, name="conversations"),
    path("conversations/marks/", views.marks, name="conversation-marks"),
    path("conversations/<uuid:session>/", views.own, name="own-transcript"),
    path("conversations/<uuid:session>/text/", views.text, name="transcript-text"),
    path("conversations/<uuid:session>/lines/<int:seq>/mark/", views.mark, name="mark-line"),
    path("conversations/<uuid:session>/lines/<int:seq>/note/", views.note, name="line-note"),
    path("conversations/<uuid:session>/lines/<int:seq>/note/draft/", views.note_draft, name="line-note-draft"),
]
