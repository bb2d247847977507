"""Our web server on uvloop, for the experiment of docs/room-speed.md: needs that package, which is none of ours."""

import uvloop

uvloop.install()

from ieso.web import main  # noqa: E402 - Daphne makes its event loop when it is imported

main()
