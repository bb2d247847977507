"""Doors."""

from django.urls import path

from clinicians import views

app_name = "clinicians"
urlpatterns = [
    path("availability/", views.availability, name="availability"),
    path("availability/leave/", views.leave, name="leave"),
    path("availability/hours/", views.exact_hours, name="exact-hours"),
    path("availability/dates/", views.day_hours, name="day-hours"),
    path("availability/dates/removal/", views.day_hours_removal, name="day-hours-removal"),
    path("clinicians/", views.clinicians, name="list"),
    path("clinicians/<uuid:clinician>/", views.clinician_page, name="clinician"),
    path("clinicians/<uuid:clinician>/half-year/", views.half_year, name="half-year"),
    path("clinicians/<uuid:clinician>/hold/", views.hold, name="hold"),
]
