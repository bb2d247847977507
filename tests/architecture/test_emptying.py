"""The database is emptied after a test that commits, once nobody is at work on it any more."""

import threading
import time

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from tests.cast import make_site, make_world
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


def test_one_that_never_ends_is_not_waited_for_and_is_in_nobody_s_way(transactional_db, monkeypatch):
    monkeypatch.setattr(database, "SETTLE_SECONDS", 0.1)
    site = make_site()
    with psycopg.connect(database.superuser_url(environment.DATABASE)) as endless:
        endless.execute("UPDATE sites_site SET name = 'Late' WHERE id = %s", [site.pk])
        assert not database.settle()
        database.clean()
        with pytest.raises(psycopg.OperationalError):
            endless.execute("SELECT 1")
    assert database.row_counts()["sites_site"] == 0


def test_a_process_that_says_it_is_at_work_is_waited_for_also_between_two_statements(transactional_db, monkeypatch):
    answers = iter([True, True, False])
    monkeypatch.setattr(database, "BESIDE", [lambda: next(answers, False)])
    assert database.settle()
    assert next(answers, "all asked") == "all asked"


def test_the_served_site_says_whether_it_serves_somebody(live_service):
    with live_service.socket("/ws/me/", make_world().alice) as socket:
        assert "welcome" in socket.recv(timeout=20)
        assert live_service.is_at_work()
    assert database.settle()
    assert not live_service.is_at_work()
