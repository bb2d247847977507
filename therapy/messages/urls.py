"""Doors of messages."""

from django.urls import path

from therapy.messages import views, writing_views

urlpatterns: list = [
    path("messages/", views.inbox, name="messages"),
    path("messages/unread/", views.unread_count, name="unread-count"),
    path("messages/<case:case>/", views.conversation, name="messages"),
    path("messages/<case:case>/sent/", writing_views.send, name="send-message"),
    path("messages/<case:case>/draft/", writing_views.draft, name="message-draft"),
    path("messages/<case:case>/held/<uuid:held>/withdrawal/", writing_views.withdrawal, name="take-message-back"),
    path("messages/<case:case>/held/<uuid:held>/sending/", writing_views.sending, name="send-held-message"),
    path("messages/<case:case>/newer/", views.newer, name="newer-messages"),
    path("messages/<case:case>/search/", views.search, name="search-messages"),
    path("messages/<case:case>/read/", views.read, name="read-messages"),
    path("messages/<case:case>/unread/", views.unread, name="unread-messages"),
    path("messages/<case:case>/prompts/", views.prompt_settled, name="message-prompt-settled"),
    path("messages/<case:case>/no-reply-needed/", views.no_reply_needed, name="no-reply-needed"),
]
