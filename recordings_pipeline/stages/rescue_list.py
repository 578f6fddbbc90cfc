"""Which recordings does the source archive or delete soon, that we do not have?"""

from dataclasses import dataclass

from recordings_pipeline.core import layout
from recordings_pipeline.core.rescue import Rescue, rescue_list
from recordings_pipeline.core.schemas import RESCUE_LIST
from recordings_pipeline.core.throughput import Throughput
from recordings_pipeline.genesys.retention import retained_recordings
from recordings_pipeline.stages.export import Export
from recordings_pipeline.stages.measure import Measurement
from recordings_pipeline.storage.tables import write_table


@dataclass(frozen=True, slots=True)
class RescueReport:
    """What was found.

    Attributes:
        rescues: The most urgent first.
        is_whole: Whether the source told all it keeps; if not, more may be in danger.
    """

    rescues: tuple[Rescue, ...]
    is_whole: bool
    throughput: Throughput


def list_rescues(export: Export) -> RescueReport:
    """Compare what the source keeps, and for how long, with what we have; publish the list.

    Raises:
        StorageFailed: The disk refused a write.
        PermissionMissing: The retention query needs ``recording:recording:view``.
    """
    measurement = Measurement(export.client)
    export.bind_organization()
    retained, is_whole = retained_recordings(export.client)
    known = export.ledger.wanted_standings()
    known |= export.ledger.standings_of([found.recording_id for found in retained])
    found = rescue_list(known, retained, export.now(), export.rescue_days)
    with export.home.storing():
        path = export.home.path(layout.RESCUE_LIST)
        write_table(path, RESCUE_LIST, (rescue.row() for rescue in found))
    return RescueReport(tuple(found), is_whole, measurement.taken())
