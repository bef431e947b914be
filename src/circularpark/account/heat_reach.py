"""How much of the pinch targets a plan reaches, and which step of the way loses the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from circularpark.account.book import Book, texts
from circularpark.account.heat_carriers import carrier_sizes, carrier_table, own_heat
from circularpark.account.heat_grid import Loads, together
from circularpark.account.heat_loads import (
    NETWORK,
    heat_loads,
    joined_zones,
    net_heat,
    periods_of,
    weights_of,
)
from circularpark.account.heat_means import parts_of
from circularpark.account.levels import Level, SiteTarget, levels_of, site_target
from circularpark.account.targets import problem_table, targets
from circularpark.program.time import Floats

# What the park's production itself gives and wants.
NEEDS = ("process", "network")


def heat_balance(book: Book, year: int | None = None) -> dict[str, float]:
    """Where a plan's heat comes from and what it does, means over a year [MW].

    offered, wanted : what streams, demands and production would give and want; met : of it
    heating : given by means (fuel or power) less what they take; bought, sold : as heat
    power : heat that means turn into power or cold
    recovered : met + sold less heating and bought: production's heat that serves for heat;
        what turbines make of a carrier's heat is charged to heating and bought first
    to_power : production's heat that becomes power or cold
    """
    weight = weights_of(book, year)
    share = weight / weight.sum()
    asked = heat_loads(book, year).of_part(*NEEDS)
    done = heat_loads(book, year, asked=False).of_part(*NEEDS)
    net = net_heat(book, year)[parts_of(book) == "means"]
    drawn = np.maximum(-net, 0.0).sum(axis=0)
    direct = np.minimum(drawn, _drawn_from_cascades(book, year))
    found = {
        "offered": _mean(asked, asked.hot, share),
        "wanted": _mean(asked, ~asked.hot, share),
        "met": _mean(done, ~done.hot, share),
        "heating": float(np.maximum(net, 0.0).sum(axis=0) @ share),
        "power": float(drawn @ share),
        "bought": _traded(book, year, "buy", share),
        "sold": _traded(book, year, "sell", share),
    }
    fired = found["heating"] + found["bought"]
    by_carriers = found["power"] - float(direct @ share)
    served = found["met"] + found["sold"]
    found["recovered"] = max(0.0, served - max(0.0, fired - by_carriers))
    found["to_power"] = float(direct @ share) + max(0.0, by_carriers - fired)
    return found


def _drawn_from_cascades(book: Book, year: int | None) -> Floats:
    """What means take from cascades more than they give to them [MW], (T,)."""
    loads = heat_loads(book, year, asked=False).of_part("means")
    net = np.where(loads.hot[:, None], -loads.rate, loads.rate)
    items = loads.index["item"].to_numpy(dtype=object)
    summed = pd.DataFrame(net).groupby(items).sum().to_numpy()
    return np.asarray(np.maximum(summed, 0.0).sum(axis=0), dtype=float)


def _mean(loads: Loads, side: np.ndarray, share: Floats) -> float:
    return float(loads.rate[side].sum(axis=0) @ share)


def _traded(book: Book, year: int | None, way: str, share: Floats) -> float:
    """Heat that goes over the park's boundary one way [MW]."""
    sizes = {**own_heat(book), **carrier_sizes(book)}
    quantity = book.quantity("exchange")
    market = book.find("markets", texts(quantity.index, "market"))
    good = book.text("markets", "commodity")[market]
    row = np.flatnonzero((book.text("markets", "direction")[market] == way) & (market >= 0))
    size = np.array([sizes.get(g, 0.0) for g in good[row]])
    return float(size @ quantity.values[row][:, periods_of(book, year)] @ share)


def recovered_by_cascade(book: Book, year: int | None = None) -> dict[tuple[str, str], float]:
    """The heat of its own production that each cascade uses for heat, there or elsewhere [MW].

    What its sinks and carriers take, less what carriers, lines and means bring; what means make
    into power does not count. Of heat that leaves unused, production's is taken to leave first.
    """
    weight = weights_of(book, year)
    share = weight / weight.sum()
    found = {}
    for (site, zone), loads in heat_loads(book, year, asked=False).cascades():
        if zone == NETWORK:
            continue
        part = loads.index["part"].to_numpy(dtype=object)
        serves = np.isin(part, ("process", "carrier", "direct"))
        taken = loads.rate[~loads.hot & serves].sum(axis=0)
        brought = loads.rate[loads.hot & np.isin(part, ("carrier", "direct"))].sum(axis=0)
        means = loads.of_part("means")
        net = np.where(means.hot[:, None], means.rate, -means.rate)
        items = means.index["item"].to_numpy(dtype=object)
        lifted = np.maximum(pd.DataFrame(net).groupby(items).sum().to_numpy(), 0.0).sum(axis=0)
        own = loads.rate[loads.hot & (part == "process")].sum(axis=0)
        found[site, zone] = float(np.clip(taken - brought - lifted, 0.0, own) @ share)
    return found


def reach(plan: Book, best: Book | None, year: int | None = None) -> pd.DataFrame:
    """Targets and what is reached of them, a row a cascade and the park as one in the last row.

    Parameters
    ----------
    plan, best : the park beside the plan's flows, and beside those of its best operation

    Returns
    -------
    DataFrame : site, heat_zone (blank in the last row), offered, wanted, recoverable, heating,
    cooling [MW] as the pinch allows, pinch; now, plan [MW] recovered by best operation and plan.
    In the last row also what is given and wanted as a carrier counts.
    """
    loads, weight = _needs(plan, year)
    frame = targets(loads.of_part("process"), weight).iloc[:-1]
    whole = targets(loads, weight).iloc[-1:]
    keys = list(zip(frame["site"], frame["heat_zone"], strict=True))
    columns = {}
    for name, book in (("now", best), ("plan", plan)):
        if book is None:
            columns[name] = [np.nan] * (len(keys) + 1)
            continue
        own = recovered_by_cascade(book, year)
        total = heat_balance(book, year)["recovered"]
        columns[name] = [own.get(key, 0.0) for key in keys] + [total]
    return pd.concat([frame, whole], ignore_index=True).assign(**columns)


def _needs(book: Book, year: int | None) -> tuple[Loads, Floats]:
    """What production gives and wants in the periods of a year that differ, and their weights."""
    return heat_loads(book, year).of_part(*NEEDS).distinct(weights_of(book, year))


def steps(
    plan: Book,
    links: Iterable[tuple[str, str, str]],
    year: int | None = None,
    carriers: SiteTarget | None = None,
) -> dict[str, float]:
    """What could be recovered at best, ever closer to what the park can build, means [MW].

    one_cascade : everything exchanges with everything; through_carriers : sites exchange through
    the park's carriers only, whatever the distance, and through possible direct lines;
    within_reach : only sites that a chain of possible lines joins, each chain with its carriers;
    own_site : nothing leaves its cascade. Losses on the way and what lines may carry do not count.

    Parameters
    ----------
    links : (from, to, commodity) of all lines that could be; carriers : the target through all
    carriers, if it is known
    """
    loads, weight = _needs(plan, year)
    share = weight / weight.sum()
    wanted = _mean(loads, ~loads.hot, share)
    zones = dict(loads.cascades())
    block = int(plan.time.block[periods_of(plan, year)[0]])
    table = carrier_table(plan, block)
    lines = list(links)
    own_goods = own_heat(plan)
    direct = [line for line in lines if line[2] in own_goods]
    heat_lines = direct + [line for line in lines if line[2] in set(table["id"])]
    joined = _joined(zones, direct)
    if direct or carriers is None:
        carriers = site_target([one for _, one in joined], levels_of(table), weight)
    reached = 0.0
    for group, brought in components(zones, heat_lines, _carriers_at(plan)).items():
        members = [one for site, one in joined if site in group]
        levels = levels_of(table[table["id"].isin(brought)])
        reached += float(site_target(members, levels, weight).heating @ share)
    own = sum(float(problem_table(one).heating @ share) for one in zones.values())
    least = {
        "one_cascade": float(problem_table(loads).heating @ share),
        "through_carriers": float(carriers.heating @ share),
        "within_reach": reached,
        "own_site": own,
    }
    # Each step is a part of the one before it; slices of carriers may not blur that.
    most = np.minimum.accumulate([max(0.0, wanted - heating) for heating in least.values()])
    return dict(zip(least, most.tolist(), strict=True))


def _joined(
    zones: Mapping[tuple[str, str], Loads], direct: Iterable[tuple[str, str, str]]
) -> list[tuple[str, Loads]]:
    """Cascades, those that direct lines join as one: (a site of it, loads)."""
    ends = joined_zones(zones)
    found = [(site, one) for (site, zone), one in zones.items() if ends.get(site) != zone]
    for group in components(ends.items(), direct, {}):
        members = [zones[site, ends[site]] for site in sorted(group) if site in ends]
        if members:
            found.append((min(group), together(members)))
    return found


def carrier_targets(plan: Book, year: int | None = None) -> SiteTarget:
    """What every carrier could do at best between all cascades of the park."""
    loads, weight = _needs(plan, year)
    block = int(plan.time.block[periods_of(plan, year)[0]])
    zones = [own for _, own in loads.cascades()]
    levels: list[Level] = levels_of(carrier_table(plan, block))
    return site_target(zones, levels, weight)


def _carriers_at(book: Book) -> dict[str, set[str]]:
    """The carriers that some cascade of each site can exchange heat with."""
    found: dict[str, set[str]] = {}
    for name in ("raised", "used"):
        index = book.quantity(name).index
        for carrier, site in zip(texts(index, "carrier"), texts(index, "site"), strict=True):
            found.setdefault(str(site), set()).add(str(carrier))
    return found


def components(
    zones: Iterable[tuple[str, str]],
    links: Iterable[tuple[str, str, str]],
    at_site: Mapping[str, set[str]],
) -> dict[frozenset[str], set[str]]:
    """Sites joined by lines, whatever their direction -> the carriers that these lines bring.

    A site without lines stands alone, with the carriers of its own.
    """
    import networkx as nx

    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(site for site, _ in zones)
    lines = list(links)
    graph.add_edges_from((start, end) for start, end, _ in lines)
    found = {}
    for group in nx.connected_components(graph):
        carriers = {c for start, _, c in lines if start in group}
        own = set().union(*(at_site.get(site, set()) for site in group))
        found[frozenset(group)] = carriers | own
    return found
