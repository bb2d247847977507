"""Settings under which migrations are made anew into a folder of the run, while those in the tree are behind the models."""

import importlib.util
import os
import sys

from ieso.paths import BASE_DIR
from ieso.settings import *  # noqa: F403 - the same service
from ieso.settings import INSTALLED_APPS

sys.path.insert(0, os.environ["IESO_THROWAWAY"])
MIGRATION_MODULES = {
    app: f"throwaway_{app}"
    for app in INSTALLED_APPS
    if (BASE_DIR / app / "models.py").exists() and importlib.util.find_spec(f"{app}.models")
}
