"""Doors."""

from django.urls import path

from patients import views
from patients.oversight import views as oversight
from patients.people import views as people

app_name = "patients"
urlpatterns = [
    path("record/opened/", views.opened, name="opened"),
    path("cases/<case:case>/contact/", people.contact, name="contact"),
    path("cases/<case:case>/consents/", people.consents, name="consents"),
    path("cases/<case:case>/safe-contact/", people.safe_contact, name="safe-contact"),
    path("cases/<case:case>/account/", people.account, name="account"),
    path("clinicians/<uuid:clinician>/supervisor/", oversight.supervisor, name="supervisor"),
    path("cases/<case:case>/access-log/", views.access_log, name="access-log"),
]
