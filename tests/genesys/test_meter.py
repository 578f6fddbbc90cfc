"""The meter counts what was asked for and what came."""

import threading

from recordings_pipeline.core.throughput import Throughput, Waits
from recordings_pipeline.genesys.meter import Meter


def test_a_new_meter_reads_zero() -> None:
    assert Meter().reading() == Throughput()


def test_each_kind_of_cost_has_its_own_counter() -> None:
    meter = Meter()

    meter.called("GET /x")
    meter.called("GET /x")
    meter.called("GET /x")
    meter.rate_limited()
    meter.rate_limited()
    meter.waited(Waits(allowance_s=0.25))
    meter.waited(Waits(allowance_s=0.5))
    meter.received(10)
    meter.received(20)
    meter.resumed()

    assert meter.reading() == Throughput(
        bytes_moved=30,
        calls_by_route={"GET /x": 3},
        waits=Waits(allowance_s=0.75),
        rate_limited_count=2,
        resumed_count=1,
    )


def test_a_reading_does_not_change_afterwards() -> None:
    meter = Meter()
    meter.called("GET /x")

    before = meter.reading()
    meter.called("GET /x")

    assert (before.api_calls, meter.reading().api_calls) == (1, 2)


def test_no_count_of_any_thread_is_lost() -> None:
    meter = Meter()
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        for _ in range(2_000):
            meter.called("GET /x")
            meter.waited(Waits(allowance_s=0.5))
            meter.rate_limited()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert meter.reading() == Throughput(
        calls_by_route={"GET /x": 16_000},
        waits=Waits(allowance_s=8_000.0),
        rate_limited_count=16_000,
    )
