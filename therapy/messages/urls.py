"""Doors of messages."""

from django.urls import path

from therapy.messages import views

urlpatterns: list = [
    path("messages/", views.inbox, name="messages"),
    path("messages/<case:case>/", views.conversation, name="messages"),
    path("messages/<case:case>/sent/", views.send, name="send-message"),
    path("messages/<case:case>/newer/", views.newer, name="newer-messages"),
    path("messages/<case:case>/read/", views.read, name="read-messages"),
    path("messages/<case:case>/no-reply-needed/", views.no_reply_needed, name="no-reply-needed"),
]
