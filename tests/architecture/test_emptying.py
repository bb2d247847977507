"""The database is emptied after a test that commits, once nobody is at work on it any more."""

import threading
import time

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from tests.cast import make_site
from tests.harness import database, environment


@pytest.fixture
def straggler(transactional_db):
    """Another connection in a transaction of its own, as a request of a browser that closes."""
    with psycopg.connect(database.superuser_url(environment.DATABASE)) as connection:
        yield connection
        connection.rollback()


def test_a_request_still_at_work_ends_before_anything_is_taken_away(straggler):
    first, second = make_site(), make_site(code="second")
    change = "UPDATE sites_site SET name = 'Late' WHERE id = %s"
    straggler.execute(change, [second.pk])

    def end() -> None:
        time.sleep(0.2)
        straggler.execute(change, [first.pk])
        straggler.commit()

    ending = threading.Thread(target=end)
    ending.start()
    database.clean()
    ending.join()
    assert straggler.info.transaction_status == TransactionStatus.IDLE, "it was sacrificed"
    assert database.row_counts()["sites_site"] == 0


def test_one_that_may_go_on_with_a_second_transaction_counts_as_at_work(straggler, monkeypatch):
    straggler.execute("SELECT 1")
    straggler.commit()
    monkeypatch.setattr(database, "QUIET_SECONDS", 600)
    assert database.others_at_work()
    monkeypatch.setattr(database, "QUIET_SECONDS", 0)
    assert not database.others_at_work()


def test_one_that_never_ends_is_not_waited_for(straggler, monkeypatch):
    monkeypatch.setattr(database, "SETTLE_SECONDS", 0.1)
    straggler.execute("SELECT 1")
    database.settle()
    assert database.others_at_work()
