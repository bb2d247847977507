"""Doors."""

from django.urls import path

from clinicians import views

app_name = "clinicians"
urlpatterns = [
    path("availability/", views.availability, name="availability"),
    path("availability/leave/", views.leave, name="leave"),
    path("clinicians/", views.clinicians, name="list"),
    path("clinicians/<uuid:clinician>/", views.clinician_page, name="clinician"),
]
