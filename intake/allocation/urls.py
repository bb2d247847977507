"""Doors of allocation."""

from django.urls import path

from intake.allocation import views

urlpatterns = [
    path("allocation/", views.allocation, name="allocation"),
    path("allocation/runs/", views.preview, name="preview"),
    path("allocation/runs/<uuid:run>/", views.run, name="run"),
    path("allocation/runs/<uuid:run>/application/", views.application, name="apply"),
    path("allocation/<case:case>/", views.by_hand, name="by-hand"),
]
