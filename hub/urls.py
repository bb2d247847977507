"""Doors of the library."""

from django.urls import path

from hub import views

app_name = "hub"
urlpatterns = [
    path("message-templates/", views.templates, name="templates"),
    path("message-templates/<slug:template>/", views.template, name="template"),
    path("message-templates/<slug:template>/edition/", views.edition, name="edition"),
    path("message-templates/<slug:template>/preview/", views.preview, name="preview"),
    path("message-templates/<slug:template>/restoration/", views.restoration, name="restoration"),
]
