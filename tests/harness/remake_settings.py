"""Settings under which all migrations are made anew, into the folder that `remake` names."""

import os
import sys

from ieso.settings import *  # noqa: F403 - the same service
from ieso.settings import BASE_DIR, INSTALLED_APPS

sys.path.insert(0, os.environ["IESO_REMAKE"])
MIGRATION_MODULES = {app: f"remade_{app}" for app in INSTALLED_APPS if (BASE_DIR / app / "migrations").is_dir()}
