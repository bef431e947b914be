"""Heat by temperature in random parks: waste heat and wants, hot water, a duct, a heat pump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.laws.parks import RandomPark, Row

HEAT = {"commodity": "heat", "unit": "MW"}


def with_heat(draw: st.DrawFn, park: RandomPark, sites: tuple[str, ...]) -> RandomPark:
    """The park with heat cascades; hot water can be bought everywhere and is hot enough."""
    # What must be built in any case would break a budget that allows for nothing.
    free = any(row["id"] == "budget" for row in park.rows("limits"))
    capex = 0 if free else draw(st.sampled_from([0, 40_000]))
    warm = park.having(
        "commodities",
        {"id": "heat", "kind": "heat", "unit": "MWh"},
        {"id": "hot_water", "kind": "heat", "unit": "MWh", "temperature": 110}
        | {"return_temperature": draw(st.sampled_from([70, 110])), "exchanger_capex": capex}
        | {"latent_share": draw(st.sampled_from([0, 0.4])), "latent_temperature": 110},
    )
    warm = warm.having("streams", *(_hot(draw, sites, i) for i in range(draw(st.integers(1, 3)))))
    warm = warm.having("demands", *(_cold(draw, sites, i) for i in range(draw(st.integers(1, 3)))))
    warm = warm.having(
        "markets",
        {"id": "hot_in", "site": "*", "commodity": "hot_water", "direction": "buy"}
        | {"price": 600, "co2": 0.35},
        *(
            {"id": f"{way}_heat", "site": "*", "commodity": "heat", "direction": way, "price": 2}
            for way in draw(st.sampled_from([(), ("dispose",), ("dispose", "vent")]))
        ),
    )
    pipe: Row = {
        "id": "hot_pipe",
        "commodity": "hot_water",
        "max_km": draw(st.sampled_from([0, 10])),
    }
    duct: Row = {"id": "duct", "commodity": "heat", "max_km": draw(st.sampled_from([0, 3]))}
    warm = warm.having(
        "transports",
        pipe | {"loss_per_km": 0.01, "capex_per_km": 50_000, "lifetime": 15},
        duct
        | {"loss_per_km": 0.03, "capex_per_capacity": 90_000, "cost_per_km": 0.5, "direct": "yes"}
        | {"bidirectional": draw(st.sampled_from(["", "yes"])), "lifetime": 15},
    )
    if draw(st.booleans()):
        warm = _with_pump(warm, draw(st.sampled_from((*sites, "*"))))
    return warm


def _hot(draw: st.DrawFn, sites: tuple[str, ...], number: int) -> Row:
    supply = draw(st.sampled_from([70, 90, 120, 150]))
    row: Row = {"id": f"warm{number}", "site": draw(st.sampled_from(sites)), "supply_temp": supply}
    row |= {"target_temp": draw(st.sampled_from([supply, 40])), "amount": draw(st.integers(1, 9))}
    row |= {"surplus": draw(st.sampled_from(["must_use", "free"]))}
    return HEAT | row | {"profile": draw(st.sampled_from(["", "shape0"]))}


def _cold(draw: st.DrawFn, sites: tuple[str, ...], number: int) -> Row:
    target = draw(st.sampled_from([50, 65, 90]))
    row: Row = {"id": f"cool{number}", "site": draw(st.sampled_from(sites)), "target_temp": target}
    row |= {"supply_temp": draw(st.sampled_from([target, 30])), "amount": draw(st.integers(1, 9))}
    return HEAT | row | {"profile": draw(st.sampled_from(["", "shape1"])), "min_approach": 8}


def _with_pump(park: RandomPark, site: str) -> RandomPark:
    """A heat pump from 35 to 85 degC that may be built."""
    hot, cold = {"supply_temp": 85, "target_temp": 80}, {"supply_temp": 30, "target_temp": 35}
    rows: tuple[Row, ...] = (
        {"row": "hot", "commodity": "heat", "rate": 4, **hot},
        {"row": "cold", "commodity": "heat", "rate": -3, **cold},
        {"row": "power", "commodity": "power", "rate": -1},
    )
    return (
        park.having("technologies", {"id": "pump", "capacity_of": "power", "capex": 2_000_000})
        .having("recipes", *({"technology": "pump", **row} for row in rows))
        .having(
            "processes",
            {"id": "lift", "site": site, "technology": "pump", "status": "candidate"}
            | {"capacity_max": 1.5},
        )
    )
