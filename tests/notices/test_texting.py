"""GOV.UK Notify by its published reference, against a small server that answers as it does."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from notices import texting
from notices.failures import Later, RefusedForGood, Unreachable
from notices.texting import Text

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEXT = Text("07700900123", "ieso: a message waits for you.", "message_waiting:text:one")


class Notify(BaseHTTPRequestHandler):
    """Keeps what was asked; answers with `status`, and knows the references in `known`."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posted.append((self.path, self.headers["Authorization"], body))
        self._answer(self.server.status, {"id": "bfb50d92"} if self.server.status == 201 else {"errors": []})

    def do_GET(self):
        reference = self.path.partition("reference=")[2]
        self.server.asked.append(self.path)
        self._answer(200, {"notifications": [{"reference": reference}] if reference in self.server.known else []})

    def _answer(self, status, content):
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


@pytest.fixture
def notify(settings):
    server = HTTPServer(("127.0.0.1", 0), Notify)
    server.posted, server.asked, server.known, server.status = [], [], set(), 201
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.NOTIFY_URL = f"http://127.0.0.1:{server.server_port}"
    settings.NOTIFY_API_KEY = f"my_key-{SERVICE}-{SECRET}"
    settings.NOTIFY_TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
    yield server
    server.shutdown()
    server.server_close()


def test_it_posts_number_template_words_and_reference(notify, settings):
    texting.notify(TEXT)
    ((path, authorization, body),) = notify.posted
    assert path == "/v2/notifications/sms"
    assert body == {
        "phone_number": TEXT.number,
        "template_id": settings.NOTIFY_TEMPLATE,
        "personalisation": {"message": TEXT.words},
        "reference": texting.reference(TEXT.key),
    }
    head, claims, signature = authorization.removeprefix("Bearer ").split(".")
    expected = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "==") == expected
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["iss"] == SERVICE
    assert not notify.asked


@pytest.mark.rule("TIME-0m")
def test_before_a_repeat_it_asks_whether_the_first_went_through(notify):
    again = Text(TEXT.number, TEXT.words, TEXT.key, again=True)
    notify.known.add(texting.reference(TEXT.key))
    texting.notify(again)
    assert notify.posted == []
    notify.known.clear()
    texting.notify(again)
    assert len(notify.posted) == 1


@pytest.mark.rule("TIME-0m")
@pytest.mark.parametrize(
    ("status", "failure"), [(400, RefusedForGood), (403, Unreachable), (429, Later), (500, Unreachable)]
)
def test_what_its_refusals_mean(notify, status, failure):
    notify.status = status
    with pytest.raises(failure) as told:
        texting.notify(TEXT)
    assert TEXT.words not in str(told.value)
    assert TEXT.number not in str(told.value)


@pytest.mark.rule("TIME-0m")
def test_a_gateway_that_is_not_there(notify, settings):
    settings.NOTIFY_URL = "http://127.0.0.1:9"
    with pytest.raises(Unreachable):
        texting.notify(TEXT)


def test_the_console_says_that_a_text_would_go_out_and_nothing_of_it(capsys):
    from notices.channels import text_to_console

    text_to_console(TEXT)
    said = capsys.readouterr().out
    assert "30 characters" in said
    assert "waits" not in said
    assert TEXT.number not in said
