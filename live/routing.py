"""Sockets of this package."""

from django.urls import path

from live.personal import PersonalConsumer

websocket_urlpatterns: list = [path("ws/me/", PersonalConsumer.as_asgi())]
