"""String foreign keys escape import-linter: each must stay in its app or point down a floor."""

import tomllib

from django.apps import apps
from django.contrib.auth import get_user_model

from ieso.paths import BASE_DIR


def floors() -> dict[str, int]:
    """Package to its height, out of the same list that import-linter reads."""
    contracts = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    names = [(height, layer.split("|")) for height, layer in enumerate(reversed(layers))]
    return {name.strip(): height for height, layer in names for name in layer}


def relations():
    """(package, model, field, package pointed at) for every relation declared on a model of ours.

    Who did something is named on every floor, by Django's own setting for that.
    """
    height, anybody = floors(), {None, get_user_model()}
    for model in apps.get_models(include_auto_created=True):
        package = model._meta.app_label
        for field in model._meta.get_fields():
            if (
                package in height
                and field.is_relation
                and not field.auto_created
                and field.related_model not in anybody
            ):
                yield package, model.__name__, field.name, field.related_model._meta.app_label


def test_every_relation_stays_in_its_package_or_points_down():
    height = floors()
    wrong = [
        f"{package}.{model}.{field} points at {target}"
        for package, model, field, target in relations()
        if target in height and target != package and height[target] >= height[package]
    ]
    assert wrong == []


def test_every_package_of_ours_stands_on_a_floor():
    ours = {config.name for config in apps.get_app_configs() if (BASE_DIR / config.name).is_dir()}
    assert ours <= set(floors())
