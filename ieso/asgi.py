"""Pages and sockets."""

import os
from importlib import import_module

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ieso.settings")
pages = get_asgi_application()

from django.conf import settings  # noqa: E402 - the applications must be loaded first

from ieso.roles import refuse_owner_role  # noqa: E402 - the same
from therapy.connection import heartbeat  # noqa: E402 - the same

# Each holds `websocket_urlpatterns`.
ROUTING_MODULES = ["live.routing", "therapy.routing"]


def sockets() -> URLRouter:
    """Each consumer reads the session itself, off the one thread that Channels' own middleware would share."""
    return URLRouter([route for name in ROUTING_MODULES for route in import_module(name).websocket_urlpatterns])


refuse_owner_role()
heartbeat.start()
application = ProtocolTypeRouter({"http": pages, "websocket": OriginValidator(sockets(), settings.SITE_ORIGINS)})
