"""Doors."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns: list = [
    path("account/notices/", views.preferences, name="preferences"),
    path("mailbox/", views.mailbox, name="mailbox"),
]
