"""How pages name the things of the access table."""

from __future__ import annotations

from django import template

from accounts.policy import label_of

register = template.Library()
register.filter("thing", label_of)
