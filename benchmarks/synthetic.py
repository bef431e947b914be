"""One synthetic park that every tool can express: sites on a ring that share heat.

Each of S sites wants power and heat by the hour. It buys power at the hour's price and gas
at a fixed one, and has a boiler, a combined heat and power plant, a heat store and a pipe
to the next site. All capacities stand, so that the program is dispatch alone: least cost
over T hours, 4 rows, 8 columns and 15 nonzeros a site and hour. The store's year is a
circle: the last hour precedes the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NONZEROS = 15  # of one site and hour
BOILER_GAS = 1.1  # MWh of gas a MWh of heat
BOILER_COST = 1.0  # upkeep, money a MWh of heat
CHP_GAS = 2.0
CHP_POWER = 0.7  # MWh of power a MWh of heat
CHP_COST = 3.0
GAS_PRICE = 30.0
STORE_IN = 0.98
STORE_OUT = 0.97
STORE_LOSS = 0.002  # share lost an hour
STORE_HOURS = 4.0  # to fill or to empty it
LINK_LOSS = 0.03
LINK_COST = 0.5  # money a MWh sent

# Sites and hours for each number of nonzeros; the largest two are whole years.
SIZES = {
    1_000: (3, 24),
    10_000: (4, 168),
    100_000: (10, 672),
    1_000_000: (8, 8760),
    10_000_000: (76, 8760),
}


@dataclass(frozen=True)
class Ring:
    """The park's numbers: (S, T) wants in MW, (T,) price of power, (S,) capacities."""

    power: Floats
    heat: Floats
    price: Floats
    boiler: Floats
    chp: Floats
    store: Floats
    link: Floats

    @property
    def sites(self) -> int:
        """How many sites, S."""
        return len(self.power)

    @property
    def hours(self) -> int:
        """How many hours, T."""
        return len(self.price)

    @property
    def names(self) -> list[str]:
        """The sites' ids."""
        return [f"site{number}" for number in range(self.sites)]


def ring(sites: int, hours: int) -> Ring:
    """The park of this many sites and hours; the same numbers on every machine."""
    chance = np.random.default_rng(20_250_101)
    hour = np.arange(hours)
    day = 2 * np.pi * (hour % 24) / 24
    noise = chance.uniform(0.85, 1.15, (3, sites, hours))
    mean = chance.uniform(5.0, 15.0, (2, sites, 1))
    lag = chance.uniform(0.0, 1.0, (2, sites, 1))
    shape = 1.0 + 0.4 * np.sin(day - 1.5 + lag)
    power, heat = np.round(mean * shape * noise[:2], 4)
    price = np.round((80 + 35 * np.sin(day - 2.0)) * noise[2, 0], 4)
    peak, usual = heat.max(axis=1), mean[1, :, 0]
    return Ring(
        power=power,
        heat=heat,
        price=price,
        boiler=np.round(1.2 * peak, 4),
        chp=np.round(0.6 * usual, 4),
        store=np.round(4.0 * usual, 4),
        link=np.round(0.3 * usual, 4),
    )


def write_park(park: Ring, folder: Path) -> Path:
    """The same park as a folder of tables."""
    sites, where = pd.Series(park.names), 2 * np.pi * np.arange(park.sites) / park.sites
    # Neighbours stand kilometres apart and the pipe reaches 500 m: no link but the given ones.
    around = 0.05 * park.sites
    tables = {
        "sites": {"id": sites, "lon": 117 + around * np.cos(where), "lat": 30 + np.sin(where)},
        "commodities": {"id": ["power", "heat", "gas"], "kind": "energy", "unit": "MWh"},
        "demands": pd.concat([_wanted(sites, what) for what in ("power", "heat")]),
        "technologies": {"id": ["boiler", "chp"], "capacity_of": "heat"}
        | {"var_om": [BOILER_COST, CHP_COST]},
        "recipes": _recipes(),
        "processes": pd.concat(
            [_built(sites, "boiler", park.boiler), _built(sites, "chp", park.chp)]
        ),
        "storages": {"id": sites + "_store", "site": sites, "commodity": "heat"}
        | {"capacity": park.store, "hours_in": STORE_HOURS, "hours_out": STORE_HOURS}
        | {"efficiency_in": STORE_IN, "efficiency_out": STORE_OUT, "loss_per_hour": STORE_LOSS},
        "markets": {"id": ["grid", "gas_pipe"], "site": "*", "commodity": ["power", "gas"]}
        | {"direction": "buy", "price": [1.0, GAS_PRICE], "profile": ["price", ""]},
        "links": {"id": sites + "_pipe", "from": sites, "to": np.roll(sites, -1)}
        | {"commodity": "heat", "transport": "pipe", "km": 0.5, "capacity": park.link},
        "transports": {"id": ["pipe"], "commodity": "heat", "max_km": 0.5}
        | {"loss_per_km": LINK_LOSS / 0.5, "cost_per_km": LINK_COST / 0.5},
        "profiles": {f"{name}_power": park.power[s] for s, name in enumerate(park.names)}
        | {f"{name}_heat": park.heat[s] for s, name in enumerate(park.names)}
        | {"price": park.price},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "park.toml").write_text(_header(park), encoding="utf-8")
    for name, columns in tables.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", index=False)
    return folder


def _header(park: Ring) -> str:
    return (
        '[park]\nid = "ring"\nname.zh = "环形园区"\nname.en = "Ring park"\n'
        'currency = "EUR"\nprice_year = 2025\ncatalogue = false\n'
        f'[time]\nyears = [2025]\nmode = "hours"\nsteps = {park.hours}\n'
        '[objective]\nminimise = "cost"\n'
    )


def _wanted(sites: pd.Series, what: str) -> pd.DataFrame:
    columns = {"id": sites + f"_{what}", "site": sites, "commodity": what, "amount": 1.0}
    return pd.DataFrame(columns | {"unit": "MW", "profile": sites + f"_{what}"})


def _built(sites: pd.Series, technology: str, capacity: Floats) -> pd.DataFrame:
    columns = {"id": sites + f"_{technology}", "site": sites, "technology": technology}
    return pd.DataFrame(columns | {"capacity": capacity})


def _recipes() -> pd.DataFrame:
    rows = [
        ("boiler", "heat", 1.0),
        ("boiler", "gas", -BOILER_GAS),
        ("chp", "heat", 1.0),
        ("chp", "power", CHP_POWER),
        ("chp", "gas", -CHP_GAS),
    ]
    frame = pd.DataFrame(rows, columns=["technology", "commodity", "rate"])
    return frame.assign(row=frame["commodity"])
