"""A year of hours shaped like a real one in the lower Yangtze, and a small park that lives in it.

Nothing is random. Sun: the height of the sun at 30.5 degrees north, with spells of clear and
dull weather. Tariff: the ratios of Anhui's time-of-use rule (document 302 of 2025) by month
and hour on the part of the price that floats. Shifts: six days a week. Heating and cooling:
degrees below 16 and above 22 of a temperature with seasons, spells and days.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from circularpark import Park, read_park
from tests.parks import make_park

DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
VALLEY, FLAT = 0.382, 1.0
# Hours of Anhui's rule: v valley, f flat, p peak.
WINTER = "vvvvvvffffffvvfppppppppv"
SUMMER = "ffvvvvvvvffvvfffpppppppp"
OTHER = "vvvvvvppfffvvvffppppppfv"
# Shares of the price that float with the ratio and that do not, of a works at 110 kV.
FLOATING, FIXED = 0.39546, 0.18927


def year() -> pd.DataFrame:
    """Profiles of 8760 hours: tariff, pv, day_shift, two_shift, cooling, heating."""
    hours = np.arange(8760)
    day, hour = hours // 24, hours % 24
    month = np.repeat(np.arange(1, 13), [24 * d for d in DAYS_OF_MONTHS])
    at_work = day % 7 < 6
    warmth = (
        17
        - 12 * np.cos(2 * np.pi * (day - 20) / 365)
        + 3 * np.sin(2 * np.pi * day / 9.1)
        + 4 * np.sin(2 * np.pi * (hour - 9) / 24)
    )
    profiles = {
        "tariff": _tariff(month, hour),
        "pv": _sun(day, hour),
        "day_shift": np.where(at_work & (hour >= 8) & (hour < 20), 1.5, 0.65),
        "two_shift": np.where(at_work & (hour >= 6) & (hour < 22), 1.25, 0.5),
        "cooling": np.clip(warmth - 22, 0, None) / 10,
        "heating": np.clip(16 - warmth, 0, None) / 10,
    }
    return pd.DataFrame(profiles).round(5)


def weeks() -> pd.DataFrame:
    """The first week of January, April, July and October: 672 hours."""
    starts = [24 * sum(DAYS_OF_MONTHS[: m - 1]) for m in (1, 4, 7, 10)]
    whole = year()
    return pd.concat([whole.iloc[s : s + 168] for s in starts], ignore_index=True)


def _tariff(month: np.ndarray, hour: np.ndarray) -> np.ndarray:
    winter, summer = np.isin(month, (1, 12)), np.isin(month, (7, 8, 9))
    ratio = np.empty(len(hour))
    for season, plan, peak in (
        (winter, WINTER, 1.843),
        (summer, SUMMER, 1.843),
        (~winter & ~summer, OTHER, 1.74),
    ):
        ratios = np.array([{"v": VALLEY, "f": FLAT, "p": peak}[kind] for kind in plan])
        ratio[season] = ratios[hour[season]]
    tip = (np.isin(month, (7, 8)) & np.isin(hour, (20, 21))) | (winter & np.isin(hour, (19, 20)))
    ratio[tip] *= 1.2
    return np.asarray((FLOATING * ratio + FIXED) / (FLOATING + FIXED))


def _sun(day: np.ndarray, hour: np.ndarray) -> np.ndarray:
    north = np.radians(30.5)
    tilt = np.radians(23.45) * np.sin(2 * np.pi * (285 + day) / 365)
    turn = np.radians(15 * (hour + 0.5 - 12))
    height = np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.cos(turn)
    clear = 0.62 + 0.22 * np.sin(2 * np.pi * day / 6.3) + 0.13 * np.sin(2 * np.pi * day / 11.7 + 1)
    return np.asarray(0.75 * np.clip(height, 0, None) * clear)


TOML = """\
[park]
id = "reduced"
name.zh = "小型示例园区"
name.en = "A park of two works"
currency = "CNY"
price_year = 2025
discount_rate = 0.08
catalogue = false

[time]
years = [2025]
{time}

[objective]
{objective}
"""
TABLES = {
    "commodities": """\
id,kind,unit,surplus,co2
power,energy,MWh,must_use,
steam,energy,MWh,must_use,
gas,gas,MWh,must_use,0.2
sun,energy,MWh,free,
""",
    "streams": """\
id,site,commodity,amount,unit,surplus,profile
waste_heat,mill,steam,6,MW,free,day_shift
sun_on_mill,mill,sun,1000,MW,free,
sun_on_farm,farm,sun,1000,MW,free,
""",
    "demands": """\
id,site,commodity,amount,unit,profile
light,mill,power,60000,MWh/a,day_shift
motors,farm,power,30000,MWh/a,two_shift
chill,mill,power,8000,MWh/a,cooling
cook,mill,steam,50000,MWh/a,two_shift
warm,farm,steam,15000,MWh/a,heating
""",
    "markets": """\
id,site,commodity,direction,price,profile,peak_price,scope,co2
grid_mill,mill,power,buy,620,tariff,28000,2,0.55
grid_farm,farm,power,buy,620,tariff,28000,2,0.55
gas_in,*,gas,buy,330,,,3,0.02
""",
    "technologies": """\
id,capacity_of,capex,fixed_om,lifetime,profile
pv,power,3400000,0.01,25,pv
boiler,steam,300000,0.02,20,
heat_pump,steam,3500000,0.02,20,
""",
    "recipes": """\
technology,commodity,rate,emits
pv,sun,-1,
pv,power,1,
boiler,gas,-1.1,1
boiler,steam,1,
heat_pump,power,-0.4,
heat_pump,steam,1,
""",
    "processes": """\
id,site,technology,status,capacity,capacity_max
pv_mill,mill,pv,candidate,,30
pv_farm,farm,pv,candidate,,12
boiler_mill,mill,boiler,existing,12,
boiler_farm,farm,boiler,existing,4,
boiler_new,mill,boiler,candidate,,
pump_mill,mill,heat_pump,candidate,,
pump_farm,farm,heat_pump,candidate,,
""",
    "storages": """\
id,site,commodity,status,capacity_max,hours_in,hours_out,efficiency_in,efficiency_out,capex,\
fixed_om,lifetime
battery,mill,power,candidate,200,2,2,0.933,0.933,800000,0.015,15
tank,mill,steam,candidate,300,6,6,0.99,0.99,29800,0.01,40
""",
    "transports": """\
id,commodity,max_km,detour,capex_per_km,lifetime,loss_per_km
pipe,steam,5,1,200000,30,0.01
cable,power,5,1,300000,30,0.001
""",
}


def reduced_park(
    folder: Path,
    *,
    time: str = 'mode = "hours"',
    objective: str = 'minimise = "cost"\nthen = []',
    profiles: pd.DataFrame | None = None,
    **tables: str,
) -> Park:
    """Two works with sun, batteries, heat pumps and a steam pipe between them.

    profiles : default the four weeks
    """
    shapes = weeks() if profiles is None else profiles
    given = {**TABLES, "profiles": shapes.to_csv(index=False), **tables}
    toml = TOML.format(time=time, objective=objective)
    return read_park(make_park(folder, toml=toml, **given))
