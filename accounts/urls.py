"""Doors."""

app_name = "accounts"
urlpatterns: list = []
