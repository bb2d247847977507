"""What a page asks for where a file is chosen (ROOM-11)."""

from django import template

from files.rules import ACCEPT

register = template.Library()


@register.simple_tag
def taken_files() -> str:
    """Return the value of `accept`: a phone that keeps its pictures as HEIC hands them over as JPEG then."""
    return ACCEPT
