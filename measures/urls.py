"""Doors."""

app_name = "measures"
urlpatterns: list = []
