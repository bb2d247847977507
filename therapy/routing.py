"""Sockets of therapy."""

from django.urls import path

from therapy.room.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/sessions/<uuid:session>/", RoomConsumer.as_asgi())]
