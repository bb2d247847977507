"""Sockets of this package: none of its own; its consumers are bases."""

websocket_urlpatterns: list = []
