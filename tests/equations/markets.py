"""Golden rows of the park's boundary."""

from __future__ import annotations

from tests.equations.example import Example

POWER = "id,kind,unit\npower,energy,MWh\n"
AT_BOTH = "id,site,commodity,amount,unit\ncrushing,mill,power,5,MW\nlighting,farm,power,2,MW\n"
STEPS = "period,year,month,hours,weight\nday,2025,1,2,100\nnight,2025,1,3,200\nnoon,2025,7,1,50\n"
SCENARIOS = """\
period,year,scenario,probability,hours,weight
cold,2025,calm,0.6,1,300
warm,2025,calm,0.6,1,500
cold,2025,dear,0.4,1,300
warm,2025,dear,0.4,1,500
"""


def _grid(columns: str, cells: str, site: str = "*") -> dict[str, str]:
    header = f"id,site,commodity,direction,price,{columns}"
    return {
        "commodities": POWER,
        "demands": AT_BOTH,
        "markets": f"{header}\ngrid,{site},power,buy,600,{cells}\n",
    }


EXAMPLES = (
    Example(
        "market_most",
        "one contract for the whole park",
        ("market_most[grid, 2025]: exchange[grid, mill, 2025] + exchange[grid, farm, 2025] <= 10",),
        _grid("max", "10"),
    ),
    Example(
        "market_most",
        "nothing before the market opens",
        (
            "market_most[late, 2025]: exchange[late, mill, 2025] + exchange[late, farm, 2025] <= 0",
            (
                "market_most[late, 2030]: exchange[late, mill, 2030] + exchange[late, farm, 2030]"
                " <= 10"
            ),
        ),
        {
            "commodities": POWER,
            "demands": AT_BOTH,
            "markets": (
                "id,site,commodity,direction,max,from_year\n"
                "grid,*,power,buy,,\nlate,*,power,buy,10,2030\n"
            ),
        },
        time="years = [2025, 2030]",
    ),
    Example(
        "market_least",
        "a contract to take at least three",
        ("market_least[grid, 2025]: exchange[grid, mill, 2025] + exchange[grid, farm, 2025] >= 3",),
        _grid("min", "3"),
    ),
    Example(
        "market_year",
        "the hours of every step count as often as it occurs",
        (
            (
                "market_year[grid, 2025]: 200 exchange[grid, mill, day]"
                " + 600 exchange[grid, mill, night] + 50 exchange[grid, mill, noon]"
                " + 200 exchange[grid, farm, day] + 600 exchange[grid, farm, night]"
                " + 50 exchange[grid, farm, noon] <= 9000"
            ),
        ),
        {**_grid("max_per_year", "9000"), "periods": STEPS},
    ),
    Example(
        "market_year",
        "each scenario keeps the contract whatever its probability",
        (
            (
                "market_year[grid, 2025@calm]: 300 exchange[grid, mill, cold@2025@calm]"
                " + 500 exchange[grid, mill, warm@2025@calm] <= 9000"
            ),
            (
                "market_year[grid, 2025@dear]: 300 exchange[grid, mill, cold@2025@dear]"
                " + 500 exchange[grid, mill, warm@2025@dear] <= 9000"
            ),
        ),
        {
            **_grid("max_per_year", "9000", site="mill"),
            "demands": "id,site,commodity,amount,unit\ncrushing,mill,power,5,MW\n",
            "periods": SCENARIOS,
        },
    ),
    Example(
        "monthly_peak",
        "a month pays for its largest draw",
        (
            (
                "monthly_peak[grid, mill, day]: exchange[grid, mill, day]"
                " - peak[grid, mill, 2025-01]"
                " <= 0"
            ),
            (
                "monthly_peak[grid, mill, night]: exchange[grid, mill, night]"
                " - peak[grid, mill, 2025-01] <= 0"
            ),
            (
                "monthly_peak[grid, mill, noon]: exchange[grid, mill, noon]"
                " - peak[grid, mill, 2025-07] <= 0"
            ),
        ),
        {
            **_grid("peak_price", "40", site="mill"),
            "demands": "id,site,commodity,amount,unit\ncrushing,mill,power,5,MW\n",
            "periods": STEPS,
        },
    ),
)
