"""What a link lacks can be tried: a little nearer or dearer, and it is chosen."""

from __future__ import annotations

import pytest

import circularpark
from circularpark.solve.explain import explain_item
from circularpark.words import LANGUAGES
from tests.parks import make_park

TOML = """
[park]
id = "two"
name = "Two"
currency = "CNY"
price_year = 2025
catalogue = false
[time]
years = [2025]
[objective]
{objective}
"""


def two_sites(folder, *, km=10.0, price=300.0, objective='minimise = "cost"\nthen = []'):
    """Spare steam at a mill, a dye works that buys it; a pipe of ``km`` between them."""
    return make_park(
        folder,
        toml=TOML.format(objective=objective),
        sites="id,lon,lat\nmill,117.0,30.5\ndye,117.05,30.5\n",
        commodities="id,name_zh,name_en,kind,unit,surplus\nsteam,蒸汽,Steam,energy,MWh,free\n",
        streams="id,site,commodity,amount,unit\nspare,mill,steam,8,MW\n",
        demands="id,site,commodity,amount,unit\nheat,dye,steam,5,MW\n",
        markets=f"id,site,commodity,direction,price,co2\nnetwork,dye,steam,buy,{price},0.3\n",
        transports="id,commodity,max_km,loss_per_km,capex_per_km,cost_per_km,fixed_om,lifetime\n"
        "pipe,steam,100,0.01,2500000,1.5,0.02,20\n",
        links=f"id,from,to,commodity,transport,km\nline,mill,dye,steam,pipe,{km}\n",
        limits="id,measure,sense,value,unit,period\nbudget,capex,<=,1e12,CNY,all\n",
    )


def solved(folder, **options):
    return circularpark.solve(circularpark.read_park(two_sites(folder, **options)))


def sends(plan):
    return plan.link_flow["value"].sum() > 1e-6


@pytest.mark.parametrize(
    "objective", ['minimise = "cost"\nthen = []', "minimise = 'co2'\ncost_ceiling = 40"]
)
def test_a_link_is_chosen_just_below_its_switch_distance(tmp_path, objective):
    far = solved(tmp_path / "far", objective=objective)
    assert not sends(far)
    switch = float(far.reduced_cost.set_index("link").loc["line", "switch_km"])
    # Loss makes the true curve bend; a thousandth is far more than it does at this length.
    assert 0 < switch < 10
    near = solved(tmp_path / "near", km=0.97 * switch, objective=objective)
    beyond = solved(tmp_path / "beyond", km=1.03 * switch, objective=objective)
    assert sends(near)
    assert not sends(beyond)


def test_a_link_is_chosen_when_each_unit_saves_what_it_lacks(tmp_path):
    plan = solved(tmp_path / "today")
    lacking = float(plan.reduced_cost.set_index("link").loc["line", "per_unit"])
    arriving = 1 - 0.01 * 10
    assert not sends(solved(tmp_path / "less", price=300 + 0.999 * lacking / arriving))
    assert sends(solved(tmp_path / "more", price=300 + 1.001 * lacking / arriving))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_item_is_followed_from_its_file_to_the_map(tmp_path, lang):
    plan = solved(tmp_path / "park")
    hops = explain_item(plan, "spare", lang)
    assert [key for key, _ in hops] == [
        f"solve.hop.{name}"
        for name in ("file", "table", "links", "columns", "solver", "plan", "map")
    ]
    assert "streams.csv" in hops[0][1][0]
    assert "line" in hops[2][1][0]
    assert "taken[spare, 2025]" in hops[3][1][0]


def test_an_unknown_item_is_answered_with_the_nearest(tmp_path):
    plan = solved(tmp_path / "park")
    with pytest.raises(circularpark.ParkDataError) as told:
        explain_item(plan, "spar", "en")
    assert "Did you mean 'spare'?" in told.value.text("en")
