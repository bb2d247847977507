"""`python -m tests.harness.at_work`: the web server as tests have it, which also says how much it is at work on.

A browser that closes leaves requests behind that go on without it, as does a socket that says goodbye for its person.
What they write after a test would be in the way of the next one.
"""

from typing import Any

from ieso import web
from ieso.asgi import application as served

PATH = "/tests/at-work"


class Counted:
    """An application that answers PATH with the number of pages and sockets being served, down to their threads."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.at_work = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == PATH:
            await self._answer(send)
            return
        self.at_work += 1
        try:
            await self.application(scope, receive, send)
        finally:
            self.at_work -= 1

    async def _answer(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(self.at_work).encode()})


application = Counted(served)


if __name__ == "__main__":
    web.main("tests.harness.at_work:application")
