"""What people wrote to each other, as a page may show it."""

import html
import re
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString

register = template.Library()

LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")
ENDS_A_SENTENCE = ".,;:!?)]}"
ITEM = re.compile(r"[ \t]*(?:[-*•–]|\d{1,3}[.)])[ \t]+\S")


@register.filter
def written(text: str) -> SafeString:
    """A line of a conversation: links, and the rows of a list set in. The scripts of the room follow the same rule."""
    if "\n" not in text and "://" not in text and not ITEM.match(text):
        return _escaped(text)
    parts: list[tuple[bool, str]] = []
    for row in text.split("\n"):
        is_item = bool(ITEM.match(row))
        if is_item or not parts or parts[-1][0]:
            parts.append((is_item, row))
        else:
            parts[-1] = (False, f"{parts[-1][1]}\n{row}")
    return SafeString("".join([_part(is_item, words) for is_item, words in parts]))


def _part(is_item: bool, words: str) -> SafeString:
    if is_item:
        return SafeString(f'<span class="talk__item">{with_links(words)}</span>')
    # A line break that ends a part is not seen: one more makes the empty row that was written.
    return with_links(f"{words}\n" if not words or words.endswith("\n") else words)


@register.filter
def with_links(text: str) -> SafeString:
    """Text with everything escaped and whole web addresses made into links that tell the other site nothing."""
    if "://" not in text:
        return _escaped(text)
    pieces, end = [], 0
    for found in LINK.finditer(text):
        address = found.group().rstrip(ENDS_A_SENTENCE)
        pieces += [_escaped(text[end : found.start()]), _link(address)]
        end = found.start() + len(address)
    pieces.append(_escaped(text[end:]))
    return SafeString("".join(pieces))


def _link(address: str) -> SafeString:
    try:
        user, at, host = urlsplit(address).netloc.rpartition("@")
    except ValueError:
        return _escaped(address)
    start = address.index("://") + 3 + len(user + at)
    end = start + len(host)
    before, host, after = (_escaped(part) for part in (address[:start], host, address[end:]))
    shown = f'{before}<span class="talk__host">{host}</span>{after}'
    return SafeString(f'<a href="{_escaped(address)}" rel="noopener noreferrer nofollow" target="_blank">{shown}</a>')


def _escaped(text: str) -> SafeString:
    """What Django's `escape` makes of a plain string, without its look for lazy ones: a page calls it 1,000 times."""
    return SafeString(html.escape(text))


@register.filter
def marked(text: str, words: list[str]) -> SafeString:
    """Text with everything escaped and the words that were looked for marked, wherever they stand."""
    if not words:
        return _escaped(text)
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, end = [], 0
    for found in wanted.finditer(text):
        pieces.append(f"{html.escape(text[end : found.start()])}<mark>{html.escape(found.group())}</mark>")
        end = found.end()
    pieces.append(html.escape(text[end:]))
    return SafeString("".join(pieces))
