"""The one way in which a verb says no."""


class Refused(Exception):
    """A verb that may not be done now. The words are shown to the person who asked, so they are plain ones.

    `message` says what is wrong, `field` names the form field it belongs to (None: the whole form), `remedy` says
    what the person can do instead.
    """

    def __init__(self, message: str, field: str | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()
