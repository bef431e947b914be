"""The hours of one year at Anqing: ``python -m benchmarks.anqing_year`` writes profiles.csv.

Shapes of 2025, hour by hour, by stated rules; nothing of it is metered. The tariff is the
published one. Sun: its height at 30.5 degrees north, times the clearness of each day. Wind,
clearness and temperature pass from day to day (hour to hour) as first-order autoregressions,
drawn from a fixed seed, around monthly means. Shifts: six days a week, less on public
holidays. Cold is wanted above 10 degC, heat below 18 degC; beyond 35 and 3 degC, for which the
park's chillers and boilers are made, no more of it. Whatever has a stated amount is scaled to it.

Sources: tariff: Anhui's time-of-use rule, document 302 of 2025; solar declination: Cooper
(1969); daily clearness with first-order dependence: Graham, Hollands & Huget (1988);
holidays: notice of the General Office of the State Council on the holidays of 2025.
Monthly means, spreads and shift levels: assumption.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WHERE = Path(__file__).parents[1] / "parks" / "anqing-hightech" / "profiles.csv"
SEED = 2025
NORTH = 30.5
DIGITS = 5
FIRST, LAST = "2025-01-01 00:00", "2025-12-31 23:00"
# What a month is like, January to December (assumptions near the normals of Anqing).
TEMPERATURE = (4.5, 6.8, 11.2, 17.4, 22.4, 25.9, 29.4, 28.8, 24.5, 18.8, 12.5, 6.6)
CLEARNESS = (0.38, 0.38, 0.38, 0.42, 0.44, 0.42, 0.50, 0.51, 0.47, 0.47, 0.45, 0.43)
BREEZE = (1.10, 1.15, 1.25, 1.20, 1.05, 0.90, 0.95, 0.85, 0.85, 0.85, 0.90, 1.00)
# Share of the year's hours at full power: 1050 h of sun, 2200 h of wind.
SUN_HOURS, WIND_HOURS = 1050.0, 2200.0
# Cold wanted: a quarter that is always there, and this for every degree from 10 to 35 degC.
COLD_A_DEGREE = 0.09
# Anhui's rule by month and hour: v valley, f flat, p peak; ratios on the floating part.
WINTER = "vvvvvvffffffvvfppppppppv"
SUMMER = "ffvvvvvvvffvvfffpppppppp"
OTHER = "vvvvvvppfffvvvffppppppfv"
RATIO = {"v": 0.382, "f": 1.0}
PEAK = {WINTER: 1.843, SUMMER: 1.843, OTHER: 1.74}
TIP = 1.2
FLOATING, FIXED = 0.39546, 0.18927  # CNY/kWh of a works at 110 kV
HOLIDAYS = (
    ("2025-01-01", 1),
    ("2025-01-28", 8),
    ("2025-04-04", 3),
    ("2025-05-01", 5),
    ("2025-05-31", 3),
    ("2025-10-01", 8),
)
SPRING_FESTIVAL = ("2025-01-28", 8)


def year() -> pd.DataFrame:
    """All profiles of the year, 8760 rows: tou_110kv, pv_roof, wind, shifts, cooling, heating."""
    stamp = pd.date_range(FIRST, LAST, freq="h")
    chance = np.random.default_rng(SEED)
    warmth = _temperature(stamp, chance)
    profiles = {
        "tou_110kv": _tariff(stamp),
        "pv_roof": _scaled(_sun(stamp, chance), SUN_HOURS),
        "wind": _scaled(_wind(stamp, chance), WIND_HOURS),
        "day_shift": _scaled(_day_shift(stamp), 8760),
        "two_shift": _scaled(_two_shift(stamp), 8760),
        "cooling": _scaled(0.25 + COLD_A_DEGREE * np.clip(warmth - 10, 0, 25), 8760),
        "heating": _scaled(np.clip(18 - warmth, 0, 15), 8760),
    }
    return pd.DataFrame(profiles)


def _scaled(values: Floats, total: float) -> Floats:
    """The values with the year's total; an availability that would pass one is cut there."""
    most = np.inf if total == len(values) else 1.0
    for _ in range(50):
        values = np.minimum(values * (total / values.sum()), most)
    return values


def _monthly(means: tuple[float, ...], stamp: pd.DatetimeIndex) -> Floats:
    """Monthly means as a smooth line through the middles of the months."""
    middles = np.array([(m + 0.5) * 365 / 12 for m in range(-1, 13)])
    day = stamp.day_of_year.to_numpy() - 1 + stamp.hour.to_numpy() / 24
    return np.interp(day, middles, np.array([means[-1], *means, means[0]]))


def _passing(chance: np.random.Generator, count: int, kept: float) -> Floats:
    """A standard normal series of which each value keeps a share of the one before."""
    noise = chance.standard_normal(count) * np.sqrt(1 - kept**2)
    series = np.empty(count)
    last = chance.standard_normal()
    for place, step in enumerate(noise):
        last = kept * last + step
        series[place] = last
    return series


def _tariff(stamp: pd.DatetimeIndex) -> Floats:
    month, hour = stamp.month.to_numpy(), stamp.hour.to_numpy()
    plans = {
        m: WINTER if m in (1, 12) else SUMMER if m in (7, 8, 9) else OTHER for m in range(1, 13)
    }
    of_month = {m: [{**RATIO, "p": PEAK[p]}[kind] for kind in p] for m, p in plans.items()}
    table = np.array([of_month[m] for m in range(1, 13)])
    ratio = table[month - 1, hour]
    day = month * 100 + stamp.day.to_numpy()
    winter_tip = ((day >= 1215) | (day <= 131)) & np.isin(hour, (19, 20))
    summer_tip = (day >= 715) & (day <= 831) & np.isin(hour, (20, 21))
    ratio = np.where(winter_tip | summer_tip, ratio * TIP, ratio)
    return (FLOATING * ratio + FIXED) / (FLOATING + FIXED)


def _sun(stamp: pd.DatetimeIndex, chance: np.random.Generator) -> Floats:
    """Height of the sun times the day's clearness; clouds of a day also make it flicker."""
    north = np.radians(NORTH)
    tilt = np.radians(23.45) * np.sin(2 * np.pi * (284 + stamp.day_of_year.to_numpy()) / 365)
    turn = np.radians(15 * (stamp.hour.to_numpy() + 0.5 - 12.2))
    height = np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.cos(turn)
    daily = np.repeat(_passing(chance, len(stamp) // 24, 0.35), 24)
    hourly = _passing(chance, len(stamp), 0.6)
    clear = np.clip(_monthly(CLEARNESS, stamp) + 0.17 * daily + 0.05 * hourly, 0.06, 0.76)
    return np.asarray(np.clip(height, 0, None) * clear)


def _wind(stamp: pd.DatetimeIndex, chance: np.random.Generator) -> Floats:
    """Power of two turbines: calm to full, strongest in spring and at night."""
    speed = np.exp(0.45 * _passing(chance, len(stamp), 0.96))
    night = 1 + 0.15 * np.cos(2 * np.pi * (stamp.hour.to_numpy() - 2) / 24)
    speed *= 5.0 * _monthly(BREEZE, stamp) * night
    share = (speed**3 - 3.0**3) / (11.0**3 - 3.0**3)
    return np.where(speed >= 25.0, 0.0, np.clip(share, 0.0, 1.0))


def _temperature(stamp: pd.DatetimeIndex, chance: np.random.Generator) -> Floats:
    daily = _passing(chance, len(stamp) // 24, 0.75)
    spell = np.interp(np.arange(len(stamp)), 24 * np.arange(len(daily)) + 12, daily)
    of_day = 3.5 * np.sin(2 * np.pi * (stamp.hour.to_numpy() - 9) / 24)
    return _monthly(TEMPERATURE, stamp) + 3.0 * spell + of_day


def _on(stamp: pd.DatetimeIndex, *spans: tuple[str, int]) -> NDArray[np.bool_]:
    day = stamp.normalize()
    chosen = np.zeros(len(stamp), dtype=bool)
    for first, days in spans:
        begin = pd.Timestamp(first)
        chosen |= (day >= begin) & (day < begin + pd.Timedelta(days=days))
    return chosen


def _day_shift(stamp: pd.DatetimeIndex) -> Floats:
    """45 % at night, half of it all on Sundays and public holidays."""
    hour = stamp.hour.to_numpy()
    level = np.where((hour >= 8) & (hour < 20), 1.0, 0.45)
    free = (stamp.day_of_week.to_numpy() == 6) | _on(stamp, *HOLIDAYS)
    return np.where(free, 0.5 * level, level)


def _two_shift(stamp: pd.DatetimeIndex) -> Floats:
    """40 % at night and throughout the Spring Festival."""
    hour = stamp.hour.to_numpy()
    at_work = (hour >= 6) & (hour < 22) & ~_on(stamp, SPRING_FESTIVAL)
    return np.where(at_work, 1.0, 0.4)


def main() -> None:
    """Write the year beside the park."""
    year().to_csv(WHERE, index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")


if __name__ == "__main__":
    main()
