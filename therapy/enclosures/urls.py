"""Doors of files."""

from django.urls import path

from therapy.enclosures import views

urlpatterns = [
    path("files/<uuid:file>/", views.file, name="file"),
    path("files/<uuid:file>/state/", views.state, name="file-state"),
    path("files/<uuid:file>/picture/", views.picture, name="file-picture"),
    path("files/<uuid:file>/download/", views.download, name="file-download"),
    path("messages/<case:case>/files/", views.adding, name="add-file"),
]
