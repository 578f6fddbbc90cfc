"""Pictures of a day's recordings show their sound, and what cannot be heard is left out."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import soundfile

from recordings_pipeline.core import layout
from recordings_pipeline.core.schemas import AUDIO_FILES
from recordings_pipeline.core.speech_schemas import DIARIZATION
from recordings_pipeline.stages.archive import Archive, open_archive
from recordings_pipeline.stages.pictures import pictures_of
from recordings_pipeline.storage.levels import levels_of
from recordings_pipeline.storage.table_rows import rows_where
from tests.speech_tables import DAY, exported, publish
from tests.spoken import FIRST, SECOND

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: str) -> list[int]:
    """Return the heights of all bars."""
    paths = [path for path in ET.fromstring(svg).iter(f"{SVG}path") if path.get("stroke-width")]
    lines = [line for path in paths for line in path.get("d", "").split("M")[1:]]
    return [int(line.split("v")[1]) for line in lines if "v" in line]


def drawn(data: Path) -> list[tuple[str, str]]:
    with open_archive(data) as archive:
        return pictures_of(archive, DAY)


def rows(archive: Archive, name: str) -> list[dict[str, object]]:
    return rows_where(archive.home.path(layout.table_path(name, DAY)))


def test_a_few_recordings_of_the_day_are_drawn_with_their_sound(tmp_path: Path) -> None:
    exported(tmp_path)

    found = drawn(tmp_path)

    assert [id_ for id_, _ in found] == [FIRST, SECOND]
    heights = bars(found[0][1])
    assert len(heights) == 800
    assert max(heights) > 2 * min(heights) > 0
    assert found == drawn(tmp_path)


def test_those_in_which_nobody_is_known_to_speak_are_left_out(tmp_path: Path) -> None:
    exported(tmp_path)
    with open_archive(tmp_path) as archive:
        kept = [row for row in rows(archive, "diarization") if row["recording_id"] == SECOND]
        publish(archive, DIARIZATION, kept)

    assert [id_ for id_, _ in drawn(tmp_path)] == [SECOND]


@pytest.mark.parametrize("damage", ["gone", "no sound"])
def test_what_cannot_be_heard_is_drawn_without_bars(tmp_path: Path, damage: str) -> None:
    exported(tmp_path)
    for file in tmp_path.rglob("*.wav"):
        file.unlink()
        if damage == "no sound":
            file.write_bytes(b"\x1aE\xdf\xa3 a WebM file, as libsndfile sees it")

    assert [bars(svg) for _, svg in drawn(tmp_path)] == [[], []]


def test_a_recording_of_several_files_is_drawn_as_one(tmp_path: Path) -> None:
    exported(tmp_path)
    with open_archive(tmp_path) as archive:
        first, second = rows(archive, "audio_files")
        moved = {**second, "recording_id": FIRST, "file_number": 2, "duration_ms": 12_000}
        publish(archive, AUDIO_FILES, [first, moved])

    ((_, svg),) = drawn(tmp_path)

    assert len(bars(svg)) == 800


def test_levels_follow_what_is_heard_on_each_channel(tmp_path: Path) -> None:
    loud = np.concatenate([np.zeros(800), np.full(800, 0.5)])
    soundfile.write(tmp_path / "a.wav", np.stack([loud, loud / 2], axis=1), 8_000, subtype="FLOAT")

    left, right = levels_of(tmp_path / "a.wav", 4)

    assert left == pytest.approx([0, 0, 0.775, 0.775])
    assert right == pytest.approx([0, 0, 0.3875, 0.3875])


def test_a_file_shorter_than_its_columns_has_silent_ones(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((3, 1), 0.5), 8_000, subtype="FLOAT")

    assert len(levels_of(tmp_path / "a.wav", 10)[0]) == 10
