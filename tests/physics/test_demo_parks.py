"""What must hold for the links of every park, on the parks that come with the package."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.sources import ROOT

from circularpark.park import read_park
from circularpark.park.model import Park
from circularpark.physics.candidates import link_keys, links
from circularpark.physics.formulas import FORMULAS
from circularpark.physics.places import geod, places
from circularpark.physics.routes import route_lines

Found = tuple[Park, pd.DataFrame]
PARKS = sorted(folder for folder in (ROOT / "parks").iterdir() if (folder / "park.toml").is_file())


@pytest.fixture(params=PARKS, ids=lambda folder: folder.name, scope="module")
def found(request: pytest.FixtureRequest) -> Found:
    park = read_park(request.param, formulas=FORMULAS)
    return park, links(park, park.tables, link_keys(park))


def test_links_are_unique_and_join_two_sites(found: Found) -> None:
    park, table = found
    sites = set(park.tables.sites["id"])
    assert table["id"].is_unique
    assert set(table["from"]) | set(table["to"]) <= sites
    assert (table["from"] != table["to"]).all()
    assert len(table[~table["generated"]]) == len(park.tables.links)


def test_generated_links_are_within_reach_and_deliver(found: Found) -> None:
    park, table = found
    made = table[table["generated"]].merge(
        park.tables.transports[["id", "commodity", "max_km"]],
        left_on=["transport", "commodity"],
        right_on=["id", "commodity"],
    )
    assert not (made["km"] > made["max_km"] * (1 + 1e-9)).any()
    assert ((made["loss"] >= 0) & (made["loss"] < 1)).all()
    sites = places(park.tables.sites)
    straight = sites.straight_km(sites.numbers(made["from"]), sites.numbers(made["to"]))
    assert (made["km"].to_numpy() >= straight * (1 - 1e-6)).all()


def test_drawn_lines_join_their_sites_and_are_no_longer_than_the_link(found: Found) -> None:
    park, table = found
    made = table[table["generated"]]
    sites = park.tables.sites.set_index("id")[["lon", "lat"]]
    lines = route_lines(park, made)
    for key, line in zip(made.to_dict("records"), lines, strict=True):
        assert line.coords[0] == tuple(sites.loc[key["from"]])
        assert line.coords[-1] == tuple(sites.loc[key["to"]])
        drawn = geod().geometry_length(line) / 1000
        assert drawn <= key["km"] * (1 + 1e-6)


def test_no_number_of_a_link_is_missing(found: Found) -> None:
    _, table = found
    numbers = table.select_dtypes("number").drop(columns=["built", "retires", "today"])
    assert not np.isnan(numbers.to_numpy(dtype=float)).any()
