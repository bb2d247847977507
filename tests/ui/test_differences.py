"""Two texts compared word by word, as pages show them."""

import pytest

from ui.differences import differences


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Could we talk?", "Other tab writes", ["-Could we talk?", "+Other tab writes"]),
        ("a b c\n", "a X c\n", ["=a ", "-b", "+X", "= c\n"]),
        ("one two", "one two three", ["=one two", "+ three"]),
        ("", "new", ["+new"]),
        ("same", "same", ["=same"]),
    ],
)
def test_a_blank_alone_does_not_part_two_changes(before, after, shown):
    signs = {"same": "=", "removed": "-", "added": "+"}
    assert [signs[piece.kind] + piece.text for piece in differences(before, after)] == shown
