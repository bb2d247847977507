"""The demonstration's mailbox: every mail a file, a page for people, JSON for machines, nothing for anybody else."""

import pytest
from django.core.mail import EmailMessage, get_connection

from notices.mailbox import mails

BACKEND = "notices.mailbox.MailboxBackend"


@pytest.fixture
def box(tmp_path, settings):
    settings.IESO_MAILBOX_DIR = tmp_path / "mailbox"
    settings.DEMO = True
    settings.EMAIL_BACKEND = BACKEND
    return settings.IESO_MAILBOX_DIR


def send(to: str = "alice@example.org", body: str = "Hello,\n\nhttp://127.0.0.1:8000/messages/BCDFGHJ2/.\n", **headers):
    message = EmailMessage("You have a new message", body, to=[to], headers=headers, connection=get_connection(BACKEND))
    assert message.send() == 1


def test_each_mail_is_one_file_and_the_newest_is_first(box):
    for number in range(12):
        send(f"p{number}@example.org")
    assert len(list(box.glob("*.eml"))) == 12
    assert [mail.to for mail in mails()] == [f"p{number}@example.org" for number in reversed(range(12))]
    assert not list(box.glob(".*"))


def test_a_repeat_is_no_second_mail(box):
    send(**{"Message-ID": "<one@outbox.example.org>"})
    send(**{"Message-ID": "<one@outbox.example.org>"})
    assert len(mails()) == 1


def test_the_page_shows_mail_with_its_link(client, box, db):
    send()
    send("bob@example.org", body="<script>alert(1)</script> ü 🌱")
    page = client.get("/mailbox/").content.decode()
    assert 'href="/messages/BCDFGHJ2/"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ü 🌱" in page
    assert "bob@example.org" not in client.get("/mailbox/?to=ALICE").content.decode()


def test_machines_read_json(client, box, db):
    send()
    send("bob@example.org", body="no link")
    answer = client.get("/mailbox/?format=json&to=alice@example.org").json()
    (message,) = answer["messages"]
    assert message["to"] == "alice@example.org"
    assert message["links"] == ["http://127.0.0.1:8000/messages/BCDFGHJ2/"]
    assert message["subject"] == "You have a new message"


def test_an_empty_box_says_so(client, box, db):
    assert "Nothing here" in client.get("/mailbox/").content.decode()
    assert client.get("/mailbox/?format=json").json() == {"messages": []}


@pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "10.0.0.9"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.9"}])
def test_nobody_else_sees_it(client, box, db, extra):
    assert client.get("/mailbox/", **extra).status_code == 404


def test_outside_a_demonstration_there_is_none(client, box, db, settings):
    settings.DEMO = False
    assert client.get("/mailbox/").status_code == 404
