"""The settings of the embedded and the deployed service, a module a subject.

Nothing set: the embedded services of the data folder `IESO_DATA` (default `.data`).
`DATABASE_URL`, `DATABASE_OWNER_URL` and `REDIS_URL` set: those. A secret NAME may come from a file named by NAME_FILE.
"""

from ieso.settings.application import *
from ieso.settings.browsers import *
from ieso.settings.outside import *
from ieso.settings.people import *
from ieso.settings.service import *
from ieso.settings.stores import *
