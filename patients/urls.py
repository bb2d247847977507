"""Doors."""

from django.urls import path

from patients import contact_views, views

app_name = "patients"
urlpatterns = [
    path("record/opened/", views.opened, name="opened"),
    path("cases/<case:case>/contact/", contact_views.contact, name="contact"),
    path("cases/<case:case>/consents/", contact_views.consents, name="consents"),
    path("cases/<case:case>/safe-contact/", contact_views.safe_contact, name="safe-contact"),
    path("cases/<case:case>/account/", contact_views.account, name="account"),
    path("cases/<case:case>/access-log/", views.access_log, name="access-log"),
]
