"""Measures as data: read, checked, kept by version (MEAS-4)."""

import copy
import tomllib

import pytest

from measures import definitions
from measures.definitions import DefinitionError, load, read_file
from measures.definitions.reading import read

PHQ_9 = tomllib.loads((definitions.FOLDER / "phq-9.toml").read_text())


@pytest.mark.rule("MEAS-4a")
@pytest.mark.rule("MEAS-4d")
def test_the_two_measures_are_the_instruments():
    phq, gad = definitions.get("phq-9"), definitions.get("gad-7")
    assert (len(phq.items), phq.lowest, phq.highest, phq.caseness, phq.reliable_change) == (9, 0, 27, 10, 6)
    assert (len(gad.items), gad.lowest, gad.highest, gad.caseness, gad.reliable_change) == (7, 0, 21, 8, 4)
    for measure in (phq, gad):
        assert [option.label for option in measure.options] == [
            "Not at all",
            "Several days",
            "More than half the days",
            "Nearly every day",
        ]
        assert "Spitzer" in measure.credit
    assert (phq.alert.item, phq.alert.low, phq.alert.kind) == (9, 3, "item_9")
    assert gad.alert is None


def broken(**changes):
    data = copy.deepcopy(PHQ_9)
    for path, value in changes.items():
        place, names = data, path.split("__")
        for name in names[:-1]:
            place = place[int(name) if name.isdecimal() else name]
        last = int(names[-1]) if names[-1].isdecimal() else names[-1]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return data


@pytest.mark.rule("MEAS-4b")
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": None}, "title is missing"),
        ({"credit": ""}, "credit is missing"),
        ({"version": "one"}, "version is not a whole number"),
        ({"colour": "red"}, "colour is not known"),
        ({"items": None}, "[[items]] is missing"),
        ({"items__3__text": None}, "item 4: text is missing"),
        ({"items__3__reversed": "yes"}, "item 4: reversed is not true or false"),
        ({"items__3__points": 2}, "item 4: points is not known"),
        ({"items": PHQ_9["items"] * 12}, "more than 100 items"),
        ({"options__1__value": 2}, "do not go up one by one"),
        ({"options__1__value": "1"}, "option 2: value is missing or not a whole number"),
        ({"options__1__value": True}, "option 2: value is missing or not a whole number"),
        ({"scoring__method": "median"}, "scoring: method is not one of sum, mean"),
        ({"scoring__highest": 36}, "scoring: highest is 36, items and options make it 27"),
        ({"scoring__caseness": 28}, "scoring: caseness is 28, which is not on the scale"),
        ({"scoring__reliable_change": 0}, "scoring: reliable_change is 0"),
        ({"bands__1__from": 12}, "the bands do not go up"),
        ({"bands__0__from": 1}, "the bands do not go up"),
        ({"bands__4__from": 28}, "the bands do not go up"),
        ({"alert__item": 10}, "alert: there is no item 10"),
        ({"alert__from": 4}, "alert: no answer counts 4"),
        ({"alert__kind": "any"}, "alert: kind is not one of item_9"),
    ],
)
def test_a_fault_is_named_with_its_file(changes, fault):
    with pytest.raises(DefinitionError) as error:
        read(broken(**changes), "phq-9.toml")
    assert str(error.value).startswith("phq-9.toml: ")
    assert fault in str(error.value)


@pytest.mark.rule("MEAS-4b")
@pytest.mark.parametrize("content", [b"title = ", b"\xff\xfe", b""])
def test_a_file_that_is_no_definition_is_named(tmp_path, content):
    file = tmp_path / "odd.toml"
    file.write_bytes(content)
    with pytest.raises(DefinitionError, match=r"odd\.toml: "):
        read_file(file)


@pytest.mark.rule("MEAS-4a")
def test_a_new_measure_needs_a_file_alone(tmp_path):
    (tmp_path / "sleep-2.toml").write_text("""
        id = "sleep-2"
        version = "1"
        language = "en-GB"
        title = "Sleep"
        about = "How you slept"
        licence = "Ours"
        credit = "Ours"
        intro = "Last night"
        options = [{value = 1, label = "Badly"}, {value = 2, label = "Well"}]
        items = [{text = "I woke up often", reversed = true}, {text = "I woke up rested"}]
        scoring = {method = "mean", lowest = 1, highest = 2}
    """)
    sleep = load(tmp_path)["sleep-2"]["1"]
    assert (sleep.bands, sleep.caseness, sleep.alert) == ((), None, None)
    assert sleep.items[0].reversed


@pytest.mark.rule("MEAS-4c")
def test_versions_stand_side_by_side_and_the_newest_is_given(tmp_path, monkeypatch):
    text = (definitions.FOLDER / "gad-7.toml").read_text()
    for version in ("1", "2", "10"):
        (tmp_path / f"gad-7.{version}.toml").write_text(text.replace('version = "1"', f'version = "{version}"'))
    known = load(tmp_path)
    monkeypatch.setattr(definitions, "load", lambda: known)
    assert definitions.get("gad-7").version == "10"
    assert definitions.get("gad-7", "2").version == "2"


@pytest.mark.rule("MEAS-4b")
def test_one_version_in_two_files_is_a_fault(tmp_path):
    text = (definitions.FOLDER / "gad-7.toml").read_text()
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(text)
    with pytest.raises(DefinitionError, match=r"b\.toml: version 1 of gad-7 is defined twice"):
        load(tmp_path)
