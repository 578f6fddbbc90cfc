"""The meter counts what was asked for and what came."""

import threading

from recordings_pipeline.core.histogram import DOWNLOAD_S, FILE_BYTES, SOUND_S
from recordings_pipeline.core.throughput import Throughput, Waits
from recordings_pipeline.core.timeline import MOST_INTERVALS, Timeline
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
    meter.published(20_000, None, 0.2)
    meter.published(3_000_000, 61.5, 2.0)

    assert meter.reading() == Throughput(
        bytes_moved=30,
        calls_by_route={"GET /x": 3},
        waits=Waits(allowance_s=0.75),
        rate_limited_count=2,
        resumed_count=1,
        file_bytes=FILE_BYTES.having(20_000).having(3_000_000),
        sound_s=SOUND_S.having(61.5),
        download_s=DOWNLOAD_S.having(0.2).having(2.0),
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
            meter.received(3)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert meter.reading() == Throughput(
        calls_by_route={"GET /x": 16_000},
        waits=Waits(allowance_s=8_000.0),
        rate_limited_count=16_000,
        bytes_moved=48_000,
    )


def test_bytes_are_kept_by_when_they_came() -> None:
    instants = iter([100.0, 100.1, 100.2, 100.3, 101.0])
    meter = Meter(clock=lambda: next(instants))

    meter.received(1)
    meter.received(2)
    meter.received(4)

    assert meter.reading().timeline == Timeline(0.25, (3, 4, 0, 0, 0))


def test_a_week_of_bytes_needs_no_more_room_than_a_minute_and_loses_none() -> None:
    now = 0.0
    meter = Meter(clock=lambda: now)

    for _ in range(7 * 24):
        now += 3_600.0
        meter.received(10)
    timeline = meter.reading().timeline

    assert timeline.bytes_moved == 1_680
    assert len(timeline.counts) <= MOST_INTERVALS
    assert timeline.counts[-1] == 10
