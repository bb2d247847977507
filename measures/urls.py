"""Doors."""

from django.urls import path

from measures import views

app_name = "measures"
urlpatterns = [
    path("measures/", views.questionnaires, name="questionnaires"),
    path("measures/<uuid:questionnaire>/", views.questionnaire, name="questionnaire"),
    path("measures/<uuid:questionnaire>/answers/", views.answers, name="answers"),
    path("cases/<case:case>/scores/", views.scores, name="scores"),
]
