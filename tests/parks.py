"""Small parks for tests: give the tables as CSV text, the rest has sensible defaults."""

from __future__ import annotations

from pathlib import Path

from circularpark.errors import Finding, ParkDataError
from circularpark.park import read_park

TOML = """\
[park]
id = "tiny"
name.zh = "小园区"
name.en = "Tiny park"
currency = "CNY"
price_year = 2025
catalogue = false

[time]
years = [2025]
"""
SITES = "id,lon,lat\nmill,117.00,30.50\nfarm,117.01,30.51\n"
COMMODITIES = "id,kind,unit\nsteam,energy,MWh\nash,waste,t\nwater,water,m3\n"

# Markets that take the ash and bring the steam, so that a small park has a plan.
MARKETS = "id,site,commodity,direction\nash_out,*,ash,dispose\nsteam_in,*,steam,buy\n"


def make_park(folder: Path, *, toml: str = TOML, **tables: str | bytes) -> Path:
    """Write a park into ``folder`` and return it.

    Each keyword is a table's CSV text (or bytes): ``streams="id,site,...\\n..."``. Sites (``mill``
    and ``farm``, 1.5 km apart) and commodities (``steam`` in MWh, ``ash`` in t, ``water`` in m3)
    are there unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "park.toml").write_text(toml, encoding="utf-8")
    for name, text in {"sites": SITES, "commodities": COMMODITIES, **tables}.items():
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        (folder / f"{name}.csv").write_bytes(raw)
    return folder


def add_case(folder: Path, name: str, text: str) -> Path:
    """Write a case into the park and return the park."""
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def findings_of(folder: Path, case: str | None = None) -> list[Finding]:
    """Everything that reading the park finds, whether or not it can be read."""
    try:
        return list(read_park(folder, case=case).findings)
    except ParkDataError as error:
        return list(error.findings)


def found(folder: Path, code: str, case: str | None = None) -> Finding:
    """The one finding with this code; its texts can be said in both languages."""
    hits = [f for f in findings_of(folder, case) if f.code == code]
    assert len(hits) == 1, [f"{f.code} {f.place('en')}" for f in findings_of(folder, case)]
    for lang in ("zh", "en"):
        assert hits[0].message(lang)
        assert hits[0].fix(lang)
    return hits[0]
