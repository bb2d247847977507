"""Settings under which our tables come straight from the models instead of from migrations."""

from ieso.settings import *  # noqa: F403 - the same service
from ieso.settings import BASE_DIR, INSTALLED_APPS

MIGRATION_MODULES = {app: None for app in INSTALLED_APPS if (BASE_DIR / app / "migrations").is_dir()}
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True
