"""Several jobs at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE_SECONDS = 60


def together(*jobs: Callable[[], Any]) -> tuple[list, list[Exception]]:
    """Run the jobs at once; return what they returned, in their order, and what went wrong."""
    barrier, answers, wrong = threading.Barrier(len(jobs)), [None] * len(jobs), []

    def work(number: int) -> None:
        try:
            barrier.wait(PATIENCE_SECONDS)
            answers[number] = jobs[number]()
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return answers, wrong
