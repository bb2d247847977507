"""Doors of the ending."""

from django.urls import path

from discharge import views

app_name = "discharge"
urlpatterns = [
    path("cases/<case:case>/ending/", views.start, name="start"),
    path("cases/<case:case>/discharge/", views.discharge, name="discharge"),
    path("discharges/", views.desk, name="desk"),
    path("letters/drafts/<uuid:letter>/ending-submission/", views.letter_submission, name="letter-submission"),
]
