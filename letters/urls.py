"""Doors of letters."""

from django.urls import path

from letters import views

app_name = "letters"
urlpatterns = [
    path("letters/", views.mine, name="mine"),
    path("letters/desk/", views.desk, name="desk"),
    path("cases/<case:case>/letters/<slug:kind>/", views.start, name="start"),
    path("letters/drafts/<uuid:letter>/", views.draft, name="draft"),
    path("letters/drafts/<uuid:letter>/saving/", views.saving, name="saving"),
    path("letters/drafts/<uuid:letter>/preview/", views.preview, name="preview"),
    path("letters/drafts/<uuid:letter>/submission/", views.submission, name="submission"),
    path("letters/drafts/<uuid:letter>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("letters/drafts/<uuid:letter>/question/", views.question, name="question"),
    path("letters/drafts/<uuid:letter>/approval/", views.approval, name="approval"),
    path("letters/<uuid:letter>/", views.letter, name="letter"),
    path("letters/<uuid:letter>/sending/", views.sending, name="sending"),
    path("letters/<uuid:letter>/pdf/", views.pdf, name="pdf"),
]
