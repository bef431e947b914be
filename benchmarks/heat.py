"""How long it takes to build heat cascades: 200 streams over 100 sites.

``python -m benchmarks.heat`` prints the seconds and the size of the program. Temperatures and
loads are drawn with a fixed seed; they stand for no real park.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from circularpark.park import read_park
from circularpark.park.model import Park
from circularpark.program.assemble import Problem, build

SITES = 100
YEAR, DAY = 8760, 24
RUNS = 5

TOML = """\
[park]
id = "cascades"
name = "cascades"
currency = "CNY"
price_year = 2025
catalogue = false

[time]
years = [2025]
mode = "hours"

[objective]
minimise = "cost"
"""


def write_park(folder: Path, hours: int) -> Path:
    """A hot stream, a demand and a boiler at each of 100 sites, loads that change every hour."""
    draw = np.random.default_rng(1)
    head = "id,site,commodity,amount,unit,profile,supply_temp,target_temp\n"
    streams, demands = [head], [head]
    for site in range(SITES):
        hot, cold = draw.integers(90, 300), draw.integers(20, 200)
        offer, want = draw.integers(1, 20, size=2)
        falls, rises = draw.integers(20, 60), draw.integers(10, 60)
        streams.append(f"hot{site},s{site},heat,{offer},MW,day,{hot},{hot - falls}\n")
        demands.append(f"cold{site},s{site},heat,{want},MW,night,{cold},{cold + rises}\n")
    step = np.arange(hours)
    day, night = 1 + 0.5 * np.sin(step / 4), 1 + 0.4 * np.cos(step / 7)
    tables = {
        "sites": ["id,lon,lat\n"]
        + [f"s{i},{117 + 0.01 * (i % 10):.2f},{30 + 0.01 * (i // 10):.2f}\n" for i in range(SITES)],
        "commodities": ["id,kind,unit\nheat,heat,MWh\nfuel,energy,MWh\n"],
        "streams": streams,
        "demands": demands,
        "periods": ["period,year,hours,weight\n"] + [f"{t},2025,1,{YEAR / hours}\n" for t in step],
        "profiles": ["period,day,night\n"]
        + [f"{t},{a:.4f},{b:.4f}\n" for t, a, b in zip(step, day, night, strict=True)],
        "technologies": ["id,capacity_of\nboiler,heat\n"],
        "recipes": [
            "technology,row,commodity,rate,supply_temp,target_temp\n",
            "boiler,heat,heat,1,500,500\nboiler,fuel,fuel,-1.1,,\n",
        ],
        "processes": ["id,site,technology,status\n"]
        + [f"boiler{i},s{i},boiler,existing\n" for i in range(SITES)],
        "markets": ["id,site,commodity,direction,price\nfuel_in,*,fuel,buy,10\n"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "park.toml").write_text(TOML, encoding="utf-8")
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("".join(lines), encoding="utf-8")
    return folder


def read(hours: int) -> Park:
    """The park of so many hours."""
    with tempfile.TemporaryDirectory() as folder:
        return read_park(write_park(Path(folder) / "park", hours))


def seconds(park: Park) -> tuple[float, Problem]:
    """The quickest of some builds, arrays and derived bounds included, and the program."""
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        problem = build(park)
        arrays = (problem.matrix, problem.row_lower, problem.row_upper, problem.derived)
        best = min(best, time.process_time() - begun)
        assert all(len(array.data if hasattr(array, "indptr") else array) for array in arrays)
    return best, problem


def main() -> None:
    """Print a line for a typical day and one for the whole year."""
    print("heat cascades of 200 streams over 100 sites")
    print(f"{'hours':>6} {'rows':>10} {'columns':>10} {'nonzeros':>10} {'build, s':>9}")
    for hours in (DAY, YEAR):
        spent, problem = seconds(read(hours))
        rows, columns = problem.matrix.shape
        print(f"{hours:>6} {rows:>10} {columns:>10} {problem.matrix.nnz:>10} {spent:>9.3f}")


if __name__ == "__main__":
    main()
