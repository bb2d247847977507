"""Doors of triage."""

from django.urls import path

from intake.triage import views

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/<case:case>/", views.triage, name="triage"),
    path("queue/<case:case>/acceptance/", views.accept, name="accept"),
    path("queue/<case:case>/question/", views.ask, name="ask"),
    path("queue/<case:case>/decline/", views.decline, name="decline"),
    path("cases/<case:case>/question/", views.question, name="question"),
]
