"""Doors."""

from django.urls import path

from patients import views

app_name = "patients"
urlpatterns = [
    path("record/opened/", views.opened, name="opened"),
    path("cases/<case:case>/access-log/", views.access_log, name="access-log"),
]
