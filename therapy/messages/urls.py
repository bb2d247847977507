"""Doors."""

urlpatterns: list = []
