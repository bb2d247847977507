"""Doors of the self-assessment."""

from django.urls import path

from intake.selfassessment import views

urlpatterns = [
    path("self-assessment/", views.overview, name="self-assessment"),
    path("self-assessment/<slug:page>/", views.page, name="self-assessment-page"),
]
