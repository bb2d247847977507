"""The top floor: settings, root urls, asgi, Celery with the whole schedule, the embedded services."""
