"""Companies: shares that add up, inventories that need an elimination."""

from __future__ import annotations

import pytest

from circularpark.account.company import elimination, inventory, shares, without_factor
from circularpark.account.measures import Account, account
from tests.account.toy import Toy, rows, toy_flows, toy_links, toy_tables


def told(**others: object) -> Account:
    toy = Toy(links=toy_links(), **others)  # type: ignore[arg-type]
    return account(toy, toy.time, toy.links_of, toy_flows())  # type: ignore[arg-type]


def test_shares_of_companies_add_up_to_the_park() -> None:
    for measure in ("co2", "cost", "energy", "capex", "land"):
        assert shares(told(), measure)["value"].sum() == pytest.approx(told().annual(measure)[2025])


def test_steam_from_a_neighbour_is_its_buyers_scope_2() -> None:
    table = inventory(told(), {"steam": 0.11}).set_index(["company", "scope", "kind"])["value"]
    assert table.to_dict() == pytest.approx(
        {
            ("Farm Ltd", 1, "own"): 4800,
            ("Farm Ltd", 3, "own"): 544,
            ("Farm Ltd", 2, "from neighbours"): 7.6 * 8000 * 0.11,
        }
    )


def test_the_elimination_leads_from_inventories_to_the_park() -> None:
    row = elimination(told(), {"steam": 0.11}).iloc[0]
    assert row["eliminated"] == pytest.approx(7.6 * 8000 * 0.11)
    assert row["park"] == pytest.approx(told().annual("co2")[2025])


def test_a_carrier_without_a_factor_is_named() -> None:
    assert without_factor(told()) == ["steam"]
    assert without_factor(told(), {"steam": 0.1}) == []


def test_the_parks_own_market_gives_the_factor() -> None:
    grid = toy_tables()["markets"].iloc[0].to_dict()
    trade = rows(grid, {**grid, "id": "heat_grid", "commodity": "steam", "scope": 2.0})
    factors = rows(
        {"table": "markets", "item": "heat_grid", "measure": "co2", "value": 0.3, "scope": 2.0}
    )
    table = inventory(told(tables={"markets": trade, "factors": factors}))
    bought = table.loc[table["kind"] == "from neighbours", "value"].sum()
    assert bought == pytest.approx(7.6 * 8000 * 0.3)
