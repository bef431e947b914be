"""A paper company from log to paper, which may buy and sell pulp on the way."""

from __future__ import annotations

from typing import Any

from tests.known.building import Rows, Tables, carriers, freight, materials, sites

WOODS = ("ground", "chips")


def tables(case: dict[str, Any]) -> Tables:
    """A wood yard, a plant for each pulp, a mill for each paper."""
    pulps = list(case["pulp_in_paper"])
    papers = list(case["pulp_in_paper"][pulps[0]])
    return {
        "sites": sites("yard", *(f"plant_{p}" for p in pulps), *(f"mill_{p}" for p in papers)),
        "commodities": materials("log", *WOODS, *pulps, *papers),
        "technologies": [
            *({"id": w, "capacity_of": w, "var_om": case["wood_price"][w]} for w in WOODS),
            *({"id": product, "capacity_of": product} for product in [*pulps, *papers]),
        ],
        "recipes": _recipes(case, pulps, papers),
        "processes": [
            *(_process(w, "yard") for w in WOODS),
            *(_process(p, f"plant_{p}") for p in pulps),
            *(_process(p, f"mill_{p}") for p in papers),
        ],
        "markets": _markets(case, pulps, papers),
        "transports": carriers(*WOODS, *pulps),
        "links": [
            *(
                freight("yard", f"plant_{p}", w, case["wood_ship_cost"][p.replace("-", "")])
                for p in pulps
                for w in WOODS
            ),
            *(
                freight(f"plant_{p}", f"mill_{paper}", p, cost)
                for p in pulps
                for paper, cost in zip(papers, case["pulp_ship_cost"][p], strict=True)
            ),
        ],
    }


def _process(technology: str, site: str) -> dict[str, Any]:
    return {"id": f"make_{technology}", "site": site, "technology": technology} | {
        "status": "existing"
    }


def _recipes(case: dict[str, Any], pulps: list[str], papers: list[str]) -> Rows:
    rates = [(w, "log", -1 / case["log_yield"]) for w in WOODS]
    for pulp in pulps:
        plain = pulp.replace("-", "")
        rates += [(pulp, "ground", -case["input_ground"][plain])]
        rates += [(pulp, "chips", -case["input_chips"][plain])]
        rates += [(paper, pulp, -case["pulp_in_paper"][pulp][paper]) for paper in papers]
    rates += [(made, made, 1.0) for made in (*WOODS, *pulps, *papers)]
    return [{"technology": t, "row": c, "commodity": c, "rate": r} for t, c, r in rates]


def _markets(case: dict[str, Any], pulps: list[str], papers: list[str]) -> Rows:
    markets: list[dict[str, Any]] = [
        {
            "id": "logs",
            "site": "yard",
            "commodity": "log",
            "direction": "buy",
            "price": case["log_price"],
        }
    ]
    trade = zip(pulps, case["pulp_trade_price"], case["pulp_trade_max"], strict=True)
    for pulp, price, most in trade:
        markets += [
            {"id": f"{way}_{pulp}", "site": f"plant_{pulp}", "commodity": pulp}
            | {"direction": way, "price": price, "max": most}
            for way in ("buy", "sell")
        ]
    sold = zip(papers, case["paper_price"], case["paper_bounds"], strict=True)
    for paper, price, (least, most) in sold:
        markets.append(
            {"id": f"sell_{paper}", "site": f"mill_{paper}", "commodity": paper}
            | {"direction": "sell", "price": price, "min": least, "max": most}
        )
    return markets
