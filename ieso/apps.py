from django.apps import AppConfig


class IesoConfig(AppConfig):
    name = "ieso"
