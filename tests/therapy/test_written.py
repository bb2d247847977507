"""What people wrote, as pages show it: lists set in, the host of an address in sight, nothing read as markup."""

import pytest

from therapy.templatetags.written import written


@pytest.mark.rule("ROOM-3k")
def test_the_points_of_a_list_are_set_in_and_the_rest_is_left_alone():
    item = '<span class="talk__item">{}</span>'.format
    assert written("Plan:\n- one\n2. two\nthen\nmore") == f"Plan:{item('- one')}{item('2. two')}then\nmore"
    assert written("a\n\n- b") == f"a\n\n{item('- b')}"
    assert written("-5 degrees, 1.5 pints") == "-5 degrees, 1.5 pints"
    assert written("two\nrows") == "two\nrows"


@pytest.mark.rule("ROOM-3k")
@pytest.mark.parametrize(
    ("address", "before", "host"),
    [
        ("https://example.org/a?b=1", "https://", "example.org"),
        ("https://bank.example@elsewhere.example/bank.example", "https://bank.example@", "elsewhere.example"),
        ("https://s/s", "https://", "s"),
    ],
)
def test_the_host_of_an_address_stands_out(address, before, host):
    assert f'>{before}<span class="talk__host">{host}</span>' in written(f"See {address}")


@pytest.mark.rule("ROOM-5a")
@pytest.mark.parametrize("text", ["<b>", "- <script>alert(1)</script>", "https://[", "https://a\"onclick='x'"])
def test_nothing_is_read_as_markup(text):
    shown = written(text)
    assert "<b>" not in shown
    assert "<script" not in shown
    assert "onclick='x'" not in shown.replace("&#x27;", "")
