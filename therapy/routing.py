"""Sockets of therapy."""

from django.urls import path

from therapy.room.consumers import RoomConsumer
from therapy.room.looking_consumer import LookInConsumer

websocket_urlpatterns = [
    path("ws/sessions/<uuid:session>/", RoomConsumer.as_asgi()),
    path("ws/sessions/<uuid:session>/looking/", LookInConsumer.as_asgi()),
]
