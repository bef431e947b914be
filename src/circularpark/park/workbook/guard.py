"""What a workbook must be before anything parses it: its magic, its size, its zip directory."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from circularpark.errors import Finding

ENDING: Final = ".xlsx"
# Endings of other workbooks: told apart from folders and names, and refused with the way out.
OTHER_ENDINGS: Final = frozenset(
    {".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".et", ".wps"}
)

LARGEST: Final = 20_000_000  # bytes of the file
INFLATED: Final = 200_000_000  # bytes of all its parts
RATIO: Final = 100  # how much smaller than its content a part may be
SMALL_PART: Final = 100_000  # parts up to this many bytes may be as regular as they like
MOST_PARTS: Final = 2000

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
BOOK: Final = "xl/workbook.xml"
TYPES: Final = "[Content_Types].xml"
LINKED: Final = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")


def is_workbook(path: Path) -> bool:
    """Whether the path is a file that calls itself a workbook of any kind."""
    return path.suffix.lower() in {ENDING, *OTHER_ENDINGS} and path.is_file()


def looked_at(path: Path, largest: int = LARGEST) -> Finding | None:
    """Why the file is refused unread, None where it may be parsed.

    Looks at its name, its size and its zip directory only; nothing is inflated.
    """
    if path.suffix.lower() != ENDING:
        code = "macros" if path.suffix.lower() in {".xlsm", ".xltm"} else "other_kind"
        return _refused(code, path, value=path.suffix)
    size = path.stat().st_size
    if not size:
        return _refused("empty", path)
    if size > largest:
        shown = {"size": f"{size / 1e6:.1f}", "largest": f"{largest / 1e6:g}"}
        return _refused("too_large", path, **shown)
    return _magic(path) or _directory(path)


def _refused(code: str, path: Path, value: str | None = None, **values: object) -> Finding:
    return Finding(f"workbook.file.{code}", "problem", path.name, None, None, value, values)


def _magic(path: Path) -> Finding | None:
    with path.open("rb") as file:
        head = file.read(8)
        if head == OLE:
            locked = ENCRYPTED in head + file.read()
            return _refused("encrypted" if locked else "other_kind", path, value=".xls")
    return None if head.startswith(b"PK\x03\x04") else _refused("not_workbook", path)


def _directory(path: Path) -> Finding | None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError):
        return _refused("truncated", path)
    return next(_troubles(parts, path), None)


def _troubles(parts: list[zipfile.ZipInfo], path: Path) -> Iterator[Finding]:
    names = [part.filename for part in parts]
    lower = [name.lower() for name in names]
    if len(parts) > MOST_PARTS:
        yield _refused("too_many_parts", path, count=len(parts), most=MOST_PARTS)
    for part in parts:
        yield from _part_troubles(part, path)
    if len(set(lower)) < len(lower):
        twice = next(name for name in names if lower.count(name.lower()) > 1)
        yield _refused("part_twice", path, value=twice[:60])
    inflated = sum(part.file_size for part in parts)
    swollen = [
        part
        for part in parts
        if part.file_size > SMALL_PART and part.file_size > RATIO * part.compress_size
    ]
    if inflated > INFLATED or swollen:
        yield _refused("bomb", path, inflated=f"{inflated / 1e6:,.0f}")
    if BOOK not in names or TYPES not in names:
        yield _refused("not_workbook", path)
    if any(name.endswith("vbaproject.bin") for name in lower):
        yield _refused("macros", path, value=".xlsm")
    if linked := [name for name in lower if name.startswith(LINKED)]:
        yield _refused("linked", path, value=linked[0])


def _part_troubles(part: zipfile.ZipInfo, path: Path) -> Iterator[Finding]:
    if part.flag_bits & 0x1:
        yield _refused("encrypted", path)
    if _leads_out(part):
        yield _refused("bad_path", path, value=part.filename[:60])
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        yield _refused("not_workbook", path)


def _leads_out(part: zipfile.ZipInfo) -> bool:
    """Whether a part's name is a path out of the archive, or the part a symbolic link."""
    name = part.filename
    pure = PurePosixPath(name)
    link = stat.S_ISLNK(part.external_attr >> 16)
    return link or pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name
