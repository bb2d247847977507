"""Static files under hashed names."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedModulesStorage(ManifestStaticFilesStorage):
    """Hashes also the paths inside ES modules' imports; an import map would be an inline script."""

    support_js_module_import_aggregation = True
