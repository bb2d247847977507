"""Doors of the desk."""

from django.urls import path

from desk import admin_note_views, deadline_views, views

app_name = "desk"
urlpatterns = [
    path("home/", views.home, name="home"),
    path("home/tasks/", views.tasks, name="tasks"),
    path("home/tasks/number/", views.number, name="number-owed"),
    path("caseload/", views.caseload, name="caseload"),
    path("cases/", views.cases, name="cases"),
    path("cases/<case:case>/", views.case, name="case"),
    path("cases/<case:case>/deadlines/", deadline_views.of_case, name="deadlines"),
    path("cases/<case:case>/deadlines/<int:deadline>/time/", deadline_views.move, name="deadline-time"),
    path("deadlines/", deadline_views.all_deadlines, name="all-deadlines"),
    path("deadlines/outgoing/<int:outgoing>/attempt/", deadline_views.try_again, name="message-attempt"),
    path("cases/<case:case>/admin-notes/", admin_note_views.log, name="admin-notes"),
    path("cases/<case:case>/admin-notes/new/", admin_note_views.write, name="admin-note"),
    path("cases/<case:case>/admin-notes/<uuid:entry>/closing/", admin_note_views.closing, name="admin-task"),
    path("admin-notes/asked/", admin_note_views.asked, name="admin-tasks"),
]
