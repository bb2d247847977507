"""What people wrote to each other, as a page may show it."""

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")
ENDS_A_SENTENCE = ".,;:!?)]}"


@register.filter
def with_links(text: str) -> SafeString:
    """Text with everything escaped and whole web addresses made into links that tell the other site nothing."""
    pieces, end = [], 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(ENDS_A_SENTENCE)
        pieces += [escape(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 - each piece was escaped above


def _link(address: str) -> SafeString:
    return format_html('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>', address)


@register.filter
def marked(text: str, words: list[str]) -> SafeString:
    """Text with everything escaped and the words that were looked for marked, wherever they stand."""
    if not words:
        return escape(text)
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, end = [], 0
    for found in wanted.finditer(text):
        pieces += [escape(text[end : found.start()]), format_html("<mark>{}</mark>", found.group())]
        end = found.end()
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 - each piece was escaped above
