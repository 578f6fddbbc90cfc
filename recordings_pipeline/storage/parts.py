"""The directory of parts: what earlier runs have left there."""

from pathlib import Path


def left_keys(folder: Path) -> frozenset[str]:
    """Return the keys of the parts that earlier runs have left."""
    return frozenset(path.name.lstrip(".").partition(".")[0] for path in folder.iterdir())


def remove_part(folder: Path, key: str) -> None:
    """Remove whatever an earlier run has left of a part."""
    for name in (f"{key}.part", f"{key}.json", f".{key}.json.new"):
        (folder / name).unlink(missing_ok=True)
