"""Ctrl-C waits for the end of a transaction."""

import os
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from recordings_pipeline.storage.ledger_engine import open_engine, writing
from recordings_pipeline.storage.uninterrupted import uninterrupted


def test_an_interrupt_comes_after_the_block(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "ledger.db")
    done = []

    def work() -> None:
        with writing(engine) as db:
            db.execute(text("create table t (x)"))
            os.kill(os.getpid(), signal.SIGINT)
            db.execute(text("insert into t values (1)"))
            done.append("the rest of the block")

    with pytest.raises(KeyboardInterrupt):
        work()

    assert done == ["the rest of the block"]
    with writing(engine) as db:
        assert db.scalar(text("select count(*) from t")) == 1
    engine.dispose()


def test_handlers_are_what_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)

    with uninterrupted():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_have_nothing_to_put_off() -> None:
    ended = []

    def work() -> None:
        with uninterrupted():
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert ended == [True]
