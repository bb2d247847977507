"""One line of a patient's own transcript, drawn here because a session has six hundred of them."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString

from therapy.transcripts.presenting import Row

register = template.Library()
EVENT = '<li class="talk__event">{}, {}</li>'
LINE = (
    '<li class="talk__line{own}{marked}" id="line-{seq}"><p class="talk__head"><span class="talk__who">{who}</span> '
    '<span class="talk__at">{time}</span></p>{mistaken}{body}{note}<p class="app-own__tools">'
    '<button class="app-own__tool" type="submit" form="marks" formaction="{base}lines/{seq}/mark/"{off}>{mark}'
    '<span class="nhsuk-u-visually-hidden"> line {seq}</span></button> <a class="app-own__tool" '
    'href="{base}lines/{seq}/note/">{noting}<span class="nhsuk-u-visually-hidden"> on line {seq}</span></a></p></li>'
)
NOTE = '<p class="app-own__note" dir="auto"><strong>Your note:</strong> {}</p>'
MISTAKEN = SafeString('<p class="talk__mark">Sent by mistake</p>')


@register.simple_tag
def own_line(row: Row, base: str) -> SafeString:
    """Draw a line with the ways to mark it and to note something on it; everything people typed is escaped."""
    if row.is_event:
        return format_html(EVENT, row.text, row.time) if row.text else SafeString("")
    line = LINE.format(
        seq=row.seq,
        who=escape(row.who),
        time=row.time,
        base=escape(base),
        own=" talk__line--own" if row.own else "",
        marked=" app-own__line--marked" if row.marked else "",
        mistaken=MISTAKEN if row.mistaken else "",
        body=_body(row),
        note=format_html(NOTE, row.note) if row.note else "",
        off=' name="off" value="1"' if row.marked else "",
        mark="Unmark" if row.marked else "Mark",
        noting="Change note" if row.note else "Note",
    )
    return SafeString(line)


def _body(row: Row) -> SafeString:
    if row.items:
        return SafeString(render_to_string("therapy/enclosures/list.html", {"items": row.items}))
    return SafeString(f'<p class="talk__text" dir="auto">{conditional_escape(row.text)}</p>')
