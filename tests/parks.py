"""Small parks for tests: give the tables as CSV text, the rest has sensible defaults."""

from __future__ import annotations

from pathlib import Path

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
