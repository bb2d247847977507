"""The site runs as a database role that owns nothing."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

QUESTION = """
    SELECT current_user, rolsuper OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid)
    FROM pg_roles WHERE rolname = current_user
"""


def refuse_owner_role() -> None:
    """Refuses to serve under a role that is superuser or owns a table: it could switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTION)
        role, too_mighty = cursor.fetchone()
    connection.close()
    if too_mighty:
        raise ImproperlyConfigured(f"The role {role} owns tables: serve as the site's role, migrate as the owner.")
