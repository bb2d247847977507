"""Doors of worksheets."""

from django.urls import path

from therapy.sheets import views

urlpatterns: list = [
    path("sheets/<uuid:sheet>/", views.sheet, name="sheet"),
    path("sheets/<uuid:sheet>/beside/", views.beside, name="sheet-beside"),
    path("sheets/<uuid:sheet>/saving/", views.saved, name="sheet-saving"),
    path("sheets/<uuid:sheet>/state/", views.state, name="sheet-state"),
    path("sheets/<uuid:sheet>/history/", views.history, name="sheet-history"),
    path("sheets/<uuid:sheet>/return/", views.send_back, name="sheet-return"),
    path("sheets/<uuid:sheet>/fields/<slug:field>/", views.field, name="sheet-field"),
    path("sheets/<uuid:sheet>/fields/<slug:field>/writing/", views.writing, name="sheet-writing"),
    path("appointments/<uuid:appointment>/sheets/", views.sheets, name="session-sheets"),
]
