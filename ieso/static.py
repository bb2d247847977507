"""Static files under hashed names: what browsers fetch, not what it is made from."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedModulesStorage(ManifestStaticFilesStorage):
    """Hashes also the paths inside ES modules' imports; an import map would be an inline script."""

    support_js_module_import_aggregation = True


class CollectedFiles(StaticFilesConfig):
    """Leaves sources of the style sheet and tests of scripts where they are."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.scss",
        "*.mjs",
        "colours.json",
        "tests",
    ]
