"""A measurement holds what happened since it began, and nothing else."""

from recordings_pipeline.stages.measure import Measurement
from tests.conftest import Start
from tests.stages.conftest import Open


def test_calls_waits_and_refusals_count_from_the_beginning_of_the_measurement(
    start: Start, opened: Open
) -> None:
    client = opened(start(faults="rate-limited/3")).client
    client.organization()

    measurement = Measurement(client)
    client.organization()
    client.organization()  # the third request: refused once, then answered
    taken = measurement.taken()

    assert (taken.api_calls, taken.rate_limited_count) == (3, 1)
    assert 1 <= taken.waits.allowance_s <= taken.seconds


def test_only_bytes_and_resumes_since_the_beginning_count(start: Start, opened: Open) -> None:
    client = opened(start()).client
    client.meter.received(5)
    client.meter.resumed()

    measurement = Measurement(client)
    client.meter.received(7)
    client.meter.resumed()
    client.meter.resumed()

    taken = measurement.taken()

    assert (taken.bytes_moved, taken.resumed_count, taken.api_calls) == (7, 2, 0)
