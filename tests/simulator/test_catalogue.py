"""Every fault that issue and platform know exists by name, and is shown on the wire."""

import pytest

from recordings_pipeline.simulator import labels
from recordings_pipeline.simulator.catalogue import CATALOGUE, FAMILIES, NAMES
from recordings_pipeline.simulator.fault_plans import plan_from
from recordings_pipeline.simulator.table import TABLE
from tests.simulator import (
    test_faults_of_data,
    test_faults_of_jobs,
    test_faults_of_media,
    test_faults_of_the_api,
)

PLACES = (test_faults_of_the_api, test_faults_of_media, test_faults_of_data, test_faults_of_jobs)


def test_every_fault_has_one_test_that_shows_it() -> None:
    tests = [test for place in PLACES for name, test in vars(place).items() if name[:5] == "test_"]
    shown = [name for test in tests for name in getattr(test, "shows", ())]

    assert sorted(shown) == sorted(NAMES)


def test_a_plan_can_hit_every_route_that_there_is_and_no_other() -> None:
    routes = {route for fault in CATALOGUE.values() for route in fault.routes}

    assert {*labels.API_LABELS} == {endpoint.label for endpoint in TABLE}
    assert routes <= {*labels.LABELS}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_alone_is_a_plan(name: str) -> None:
    assert [fault.name for fault in plan_from(name)] == [*FAMILIES.get(name, (name,))]
