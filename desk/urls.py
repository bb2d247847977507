"""Doors of the desk."""

from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("home/", views.home, name="home"),
    path("caseload/", views.caseload, name="caseload"),
    path("cases/", views.cases, name="cases"),
    path("cases/<case:case>/", views.case, name="case"),
    path("cases/<case:case>/deadlines/", views.deadlines, name="deadlines"),
    path("cases/<case:case>/admin-notes/", views.admin_notes, name="admin-notes"),
    path("cases/<case:case>/admin-notes/new/", views.admin_note, name="admin-note"),
]
