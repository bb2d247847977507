"""The table of Django's database cache, so that migrations and grants know of it."""

from django.db import models


class CacheEntry(models.Model):
    """Written by `DatabaseCache` alone: rate limits of signing in."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entries"

    def __str__(self) -> str:
        return self.cache_key
