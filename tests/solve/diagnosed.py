"""A small park to break, and what the tests of the diagnosis ask of each cure."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import circularpark
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.diagnose import Diagnosis
from circularpark.solve.diagnosis.bench import is_possible
from circularpark.solve.profile import read_profile
from tests.parks import TOML, make_park

Tables = dict[str, str]

# A gas boiler of 10 MW at the mill, and a pipe of 4 MW without losses to the farm.
BASE: Tables = {
    "sites": "id,name_zh,name_en,lon,lat\n"
    "mill,造纸厂,Paper mill,117.00,30.50\n"
    "farm,农场,Farm,117.01,30.51\n",
    "commodities": "id,name_zh,name_en,kind,unit,surplus,co2\n"
    "steam,蒸汽,Steam,energy,MWh,must_use,\n"
    "gas,天然气,Natural gas,energy,MWh,must_use,0.2\n"
    "power,电,Power,energy,MWh,must_use,\n"
    "ash,粉煤灰,Fly ash,waste,t,must_use,\n"
    "water,中水,Reclaimed water,water,m3,must_use,\n",
    "technologies": "id,name_zh,name_en,capacity_of,capex,lifetime\n"
    "gas_boiler,燃气锅炉,Gas boiler,steam,1000,20\n"
    "electric_boiler,电锅炉,Electric boiler,steam,500,20\n",
    "recipes": "technology,row,commodity,rate,emits\n"
    "gas_boiler,steam,steam,1,\n"
    "gas_boiler,gas,gas,-1.25,yes\n"
    "electric_boiler,steam,steam,1,\n"
    "electric_boiler,power,power,-1,\n",
    "processes": "id,site,technology,capacity,status\nboiler,mill,gas_boiler,10,existing\n",
    "markets": "id,site,commodity,direction,price,min,max,max_per_year\n"
    "gas_grid,mill,gas,buy,200,,,\n",
    "links": "id,from,to,commodity,transport,km,status,capacity\n"
    "L1,mill,farm,steam,pipe,1,existing,4\n",
    "transports": "id,commodity,max_km,capex_per_km,lifetime\npipe,steam,0.1,100,20\n",
    "demands": "id,site,commodity,amount,unit,profile\nheat,farm,steam,3,MW,\n",
}
LIMIT = (
    "id,measure,table,item,commodity,per_table,per_commodity,"
    "sense,value,unit,rank,period,label_zh,label_en\n"
)
HOURS = TOML.replace("[time]", '[time]\nmode = "hours"')


def with_rows(tables: Mapping[str, str], **more: str) -> Tables:
    """The tables with rows appended to some, or with a new table."""
    return {**tables, **{name: tables.get(name, "") + text for name, text in more.items()}}


def with_cell(tables: Mapping[str, str], table: str, item: str, column: str, value: Any) -> Tables:
    """The tables with one cell replaced."""
    frame = pd.read_csv(io.StringIO(tables[table]), dtype=str, keep_default_na=False)
    frame.loc[frame["id"] == item, column] = str(value)
    return {**tables, table: frame.to_csv(index=False)}


def park_of(folder: Path, tables: Mapping[str, str], toml: str = TOML) -> Any:
    return circularpark.read_park(make_park(folder, toml=toml, **tables))


def diagnosis_of(folder: Path, tables: Mapping[str, str], toml: str = TOML) -> Diagnosis:
    """What the public API says of a park that has no plan."""
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(park_of(folder, tables, toml))
    found = caught.value.diagnosis
    assert isinstance(found, Diagnosis)
    return found


def cured(tables: Mapping[str, str], cure: Iterable[Any], share: float = 1.0) -> Tables:
    """The tables with the changes of a cure written into them, or only a share of each."""
    for change in cure:
        base = change.value or 0.0
        to = base + share * (change.to - base)
        if change.item:
            tables = with_cell(tables, change.table, change.item, change.column, repr(to))
        else:
            direction = "buy" if change.kind == "source" else "dispose"
            name = f"new_{change.site}_{change.commodity}"
            row = f"{name},{change.site},{change.commodity},{direction},0,,{to!r},\n"
            tables = with_rows(tables, markets=row)
    return dict(tables)


def assert_smallest(folder: Path, tables: Tables, found: Diagnosis, toml: str = TOML) -> None:
    """Every cure makes a plan possible; 2 % less of it does not."""
    assert found.cures
    for number, cure in enumerate(found.cures):
        plan = circularpark.solve(park_of(folder / f"cured{number}", cured(tables, cure), toml))
        assert plan.certificate.ok
        less = park_of(folder / f"less{number}", cured(tables, cure, 0.98), toml)
        assert not is_possible(circularpark.build(less), read_profile())


def named(found: Diagnosis) -> list[tuple[tuple[str, float], ...]]:
    """The cures as (item or new market, to)."""
    return [tuple((c.item or c.kind, c.to) for c in cure) for cure in found.cures]


GREEN = with_rows(
    BASE,
    demands="light,farm,power,6,MW,\n",
    markets="grid,farm,power,buy,500,,,\ngreen,farm,power,buy,600,,2,\n",
)
