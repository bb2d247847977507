"""Every message the platform can send, rendered and read by somebody who should learn nothing from it."""

import ast
import re
import string

import pytest
from django.conf import settings

from ieso.paths import BASE_DIR
from notices.catalogue import NOTICES
from notices.models import OutboxMessage
from notices.rendering import absolute, render

MAY_HOLD = {"case_ref", "link", "service"}
# Parts of words that tell somebody looking over the shoulder what this is about.
TELLING = re.compile(
    r"therap|cbt|depress|anxi|mental|health|psych|counsel|clinic|nhs|diagnos|assess|treat|patient|symptom|medic|doctor"
    r"|suicid|harm|risk|safe|crisis|questionnaire|score|phq|gad|session|discharg|wellbeing|\bgp\b|transcript|supervis",
    re.IGNORECASE,
)
NEVER_OURS = ("node_modules", ".venv", "tests", "mutants")


@pytest.mark.rule("ACC-7a")
@pytest.mark.rule("ACC-7c")
@pytest.mark.rule("ACC-19b")
@pytest.mark.parametrize("name", NOTICES)
def test_it_names_the_reference_and_the_link_only(name):
    words = NOTICES[name]
    for template in (words.subject, words.body, words.text):
        assert {field for _, field, _, _ in string.Formatter().parse(template) if field} <= MAY_HOLD
    assert "{link}" in words.body
    for channel in ("email", "text") if words.text else ("email",):
        rendered = render(name, case_ref="BCDFGHJ2", link="/messages/BCDFGHJ2/", channel=channel)
        said = f"{rendered.subject}\n{rendered.body}"
        assert not TELLING.search(said), f"{name} says {TELLING.search(said).group()!r}"
        assert f"{settings.SITE_URL}/messages/BCDFGHJ2/" in said
        assert not re.search(r"[{}]", said)


@pytest.mark.rule("ACC-19b")
def test_the_sender_is_neutral():
    assert not TELLING.search(settings.DEFAULT_FROM_EMAIL)


@pytest.mark.rule("ACC-7a")
def test_a_row_of_the_outbox_has_no_room_for_more():
    """No column takes free words: a notice is known by its name, a person only by where the message goes."""
    texts = {
        field.name for field in OutboxMessage._meta.fields if field.get_internal_type() in {"CharField", "TextField"}
    }
    assert texts == {"key", "channel", "recipient", "notice", "case_ref", "link", "last_error"}


def modules():
    for file in BASE_DIR.glob("**/*.py"):
        if not set(file.relative_to(BASE_DIR).parts) & set(NEVER_OURS):
            yield file.relative_to(BASE_DIR).as_posix(), ast.parse(file.read_text())


@pytest.mark.rule("ACC-7b")
@pytest.mark.rule("ACC-7c")
def test_mail_leaves_the_house_by_one_door_only():
    """So nothing is sent that the catalogue does not hold, and nothing carries an attachment."""
    senders = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.core.mail"
    }
    assert senders == {"notices/channels.py"}
    assert "attach" not in (BASE_DIR / "notices/channels.py").read_text()


@pytest.mark.rule("ACC-7c")
def test_every_notice_that_code_names_is_in_the_catalogue():
    named = {
        argument.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].startswith("tell")
        for argument in node.args[1:2]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    assert "welcome_overdue" in named
    assert named <= set(NOTICES)


def test_links_are_made_whole():
    assert absolute("/home/") == f"{settings.SITE_URL}/home/"
    assert absolute("https://example.org/x") == "https://example.org/x"
    assert absolute("") == ""
