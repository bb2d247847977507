"""What the Channels tutorial plus one model gives, with Django's and Channels' own defaults."""

import os

SECRET_KEY = "bench-only"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
INSTALLED_APPS = ["channels", "bench.tutorial.chat"]
ROOT_URLCONF = "bench.tutorial.settings"
urlpatterns: list = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "tutorial",
        "USER": os.environ["BENCH_DATABASE_USER"],
        "HOST": os.environ["BENCH_DATABASE_HOST"],
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # As given it closes an idle socket after five seconds with redis-py 8: all else is the tutorial's.
        "CONFIG": {"hosts": [{"address": os.environ["BENCH_REDIS"], "socket_timeout": None}]},
    }
}
