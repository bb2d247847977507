"""Nobody learns who has an account, and guessing is slowed without keeping the owner out (ACC-2)."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from notices.models import OutboxMessage
from tests import cast

LOGIN, RESET, NEW_LINK = "/accounts/login/", "/accounts/password/reset/", "/invitation/new-link/"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
REFUSED = "The e-mail address or the password is not right. Check both and try again."
LIMITED = "There were too many tries. Wait 5 minutes and try again, or choose a new password."


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


def attempt(email: str, password: str = "wrong wrong wrong", address: str = HERE):
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": email, "password": password})


def errors(response) -> list[str]:
    return [] if response.status_code == 302 else list(response.context["form"].non_field_errors())


def page_without_token(response) -> str:
    lines = response.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower() and "value=" not in line)


@pytest.mark.rule("ACC-2a")
def test_sign_in_answers_alike_for_known_and_unknown(world):
    known, unknown = attempt("alice@example.org"), attempt("nobody@example.org")
    assert known.status_code == unknown.status_code == 200
    assert errors(known) == errors(unknown) == [REFUSED]
    assert page_without_token(known) == page_without_token(unknown)


@pytest.mark.rule("ACC-2b")
def test_a_new_password_is_asked_for_alike(world, client):
    answers = [client.post(RESET, {"email": email}, follow=True) for email in ("alice@example.org", "no@example.org")]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert page_without_token(answers[0]) == page_without_token(answers[1])
    assert list(OutboxMessage.objects.values_list("recipient", "notice")) == [("alice@example.org", "password_reset")]


@pytest.mark.rule("ACC-2c")
def test_a_new_invitation_is_asked_for_alike(world, client):
    waiting = User.objects.create_user("wanda@example.org", name="Wanda West")
    for email in (waiting.email, "alice@example.org", "nobody@example.org"):
        answer = client.post(NEW_LINK, {"email": email}, follow=True)
        assert answer.redirect_chain == [(LOGIN, 303)]
        assert "If this address is waiting for an account" in answer.content.decode()
    assert list(OutboxMessage.objects.values_list("recipient", flat=True)) == [waiting.email]


@pytest.mark.rule("ACC-2d")
@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/sign-up/", "/accounts/email/", "/accounts/3rdparty/"])
def test_there_is_no_sign_up(world, client, path):
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "new@example.org"}).status_code == 404


@pytest.mark.rule("ACC-2e")
def test_one_address_is_limited_over_all_accounts(world):
    for number in range(20):
        assert errors(attempt(f"somebody{number}@example.org")) == [REFUSED]
    assert errors(attempt("alice@example.org", cast.PASSWORD)) == [LIMITED]
    assert attempt("alice@example.org", cast.PASSWORD, ELSEWHERE).status_code == 302


@pytest.mark.rule("ACC-2f")
def test_an_account_is_limited_from_one_address_and_open_from_the_owners(world):
    for _ in range(6):
        assert errors(attempt("alice@example.org")) == [REFUSED]
    assert errors(attempt("alice@example.org", cast.PASSWORD)) == [LIMITED]
    assert attempt("alice@example.org", cast.PASSWORD, ELSEWHERE).status_code == 302


@pytest.mark.rule("ACC-2f")
def test_under_attack_from_everywhere_the_owner_still_gets_in_and_is_told(world):
    for number in range(30):
        attempt("alice@example.org", address=f"198.51.100.{number + 10}")
    attempt("alice@example.org", address=HERE)
    assert errors(attempt("alice@example.org", address=HERE)) == [LIMITED]
    assert attempt("alice@example.org", cast.PASSWORD, ELSEWHERE).status_code == 302
    told = OutboxMessage.objects.filter(notice="sign_in_attempts")
    assert [row.recipient for row in told] == ["alice@example.org"]


@pytest.mark.rule("ACC-2f")
def test_the_limit_passes(world, at):
    with at("2026-11-02 10:00"):
        for _ in range(7):
            attempt("alice@example.org")
    with at("2026-11-02 10:06"):
        assert attempt("alice@example.org", cast.PASSWORD).status_code == 302


@pytest.mark.rule("ACC-2f")
def test_the_right_password_counts_for_no_attempt(world):
    for _ in range(8):
        assert attempt("alice@example.org", cast.PASSWORD).status_code == 302


@pytest.mark.rule("ACC-2g")
def test_limits_and_sign_in_need_no_redis(world, settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": layer | {"CONFIG": {"hosts": [{"address": settings.REDIS_URL}]}}}
    assert attempt("alice@example.org", cast.PASSWORD).status_code == 302
    for _ in range(6):
        attempt("bob@example.org")
    assert errors(attempt("bob@example.org")) == [LIMITED]


@pytest.mark.rule("ACC-2i")
def test_a_new_password_by_link_opens_the_limit(world, client):
    for _ in range(7):
        attempt("alice@example.org", address="127.0.0.1")
    client.post(RESET, {"email": "alice@example.org"})
    link = OutboxMessage.objects.get(notice="password_reset").link
    form = client.get(link, follow=True)
    new = "four quiet green lamps"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert done.status_code == 200
    assert attempt("alice@example.org", new, "127.0.0.1").status_code == 302


@pytest.mark.rule("ACC-2h")
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "This password is too short. It must contain at least 12 characters."),
        ("qwertyuiop123", "This password is too common."),
        ("1qaz2wsx3edc", "This password is too common."),
    ],
)
def test_a_short_or_common_password_is_refused_wherever_it_is_chosen(world, client_of, client, password, why):
    change = client_of(world.alice).post(
        "/accounts/password/change/", {"oldpassword": cast.PASSWORD, "password1": password, "password2": password}
    )
    assert why in change.context["form"].errors["password1"]
    client.post(RESET, {"email": "alice@example.org"})
    page = client.get(OutboxMessage.objects.get(notice="password_reset").link, follow=True)
    reset = client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
    assert why in reset.context["form"].errors["password1"]
