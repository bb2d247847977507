"""Doors."""

app_name = "risk"
urlpatterns: list = []
