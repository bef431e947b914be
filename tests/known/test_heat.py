"""Published heat problems, each built as a park and solved through the public API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import circularpark
from circularpark.solve.plan import Plan
from tests.known import heat_cascade, total_site
from tests.known.building import CASES, Tables, read_case, write_case

FILES = sorted([*CASES.glob("heat_*.json"), *CASES.glob("ts_*.json")])
NAMES = {name.stem: read_case(name.stem) for name in FILES}
LEVELS = [n for n, case in NAMES.items() if case["type"] == "total_site_steam_levels"]
WHOLE = [n for n, case in NAMES.items() if case["type"] in ("heat_cascade", "heat_cascade_zonal")]
ZONAL = [n for n, case in NAMES.items() if case["type"] == "heat_cascade_zonal"]


def solved(folder: Path, name: str, tables: Tables, mode: str = "annual") -> Plan:
    plan = circularpark.solve(circularpark.read_park(write_case(folder, name, tables, mode=mode)))
    assert plan.certificate.ok
    return plan


def close(case: dict[str, Any], value: float) -> Any:
    size = max(abs(value), 1.0) if case["tolerance_relative"] else 1.0
    return pytest.approx(value, abs=case["tolerance"] * size)


def test_no_case_is_left_out() -> None:
    assert len(WHOLE) == 51
    assert len(ZONAL) == 13
    assert len(LEVELS) == 5


@pytest.mark.parametrize("name", WHOLE)
def test_one_cascade_needs_the_least_utilities_that_were_published(
    tmp_path: Path, name: str
) -> None:
    case = read_case(name)
    together = [{k: v for k, v in s.items() if k != "zone"} for s in case["streams"]]
    plan = solved(tmp_path, name, heat_cascade.tables(together, case.get("dt_min")))
    hot, cold = (
        case["expected"].get(k, case["expected"].get(f"integrated_{k}")) for k in ("Qh", "Qc")
    )
    assert plan.objective["value"] == close(case, hot)
    bought = plan.exchange.set_index("market")["value"]
    assert bought["fuel"] == close(case, hot)
    assert bought["cooling"] == close(case, cold)


@pytest.mark.parametrize("name", ZONAL)
def test_zones_of_a_site_do_not_exchange_heat(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    zones = list(dict.fromkeys(stream["zone"] for stream in case["streams"]))
    plan = solved(tmp_path, name, heat_cascade.tables(case["streams"]))
    fired = plan.activity.set_index("process")["value"]
    left = plan.residual_heat.groupby("heat_zone", sort=False)["value"].last()
    for place, zone in enumerate(zones):
        assert fired[f"boiler_{place}"] == close(case, case["expected"][f"Qh[{zone}]"])
        assert left[zone] == close(case, case["expected"][f"Qc[{zone}]"])


def test_every_period_has_its_own_least_utilities(tmp_path: Path) -> None:
    case = read_case("heat_floudas_grossmann_multiperiod")
    labels = [f"t{i + 1}" for i in range(len(case["periods"]))]
    # Temperatures change with the period: a stream each, which runs in its own period only.
    streams = [
        stream | {"profile": f"only_{label}"}
        for label, own in zip(labels, case["periods"], strict=True)
        for stream in own
    ]
    tables = {
        **heat_cascade.tables(streams, case["dt_min"]),
        "periods": [{"period": p, "year": 2025, "hours": 1, "weight": 1} for p in labels],
        "profiles": [{"period": p} | {f"only_{q}": int(p == q) for q in labels} for p in labels],
    }
    plan = solved(tmp_path, case["name"], tables, mode="hours")
    fired = plan.exchange[plan.exchange["market"] == "fuel"].set_index("period")["value"]
    cooled = plan.exchange[plan.exchange["market"] == "cooling"].set_index("period")["value"]
    for label, hot, cold in zip(
        labels, case["expected"]["Qh"], case["expected"]["Qc"], strict=True
    ):
        assert fired[label] == close(case, hot)
        assert cooled[label] == close(case, cold)


@pytest.mark.parametrize("name", LEVELS)
def test_steam_levels_join_the_zones_of_a_total_site(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, total_site.tables(case, shared=True))
    assert plan.objective["value"] == close(case, case["expected"]["total_hot"])
    cooled = plan.exchange.set_index("market").loc[["cooling"], "value"].sum()
    assert cooled == close(case, case["expected"]["total_cold"])


@pytest.mark.parametrize("name", LEVELS)
def test_without_a_pipe_between_them_zones_buy_all_their_steam(tmp_path: Path, name: str) -> None:
    case = read_case(name)
    plan = solved(tmp_path, name, total_site.tables(case, shared=False))
    assert plan.objective["value"] == close(case, case["expected"]["no_exchange_hot"])


@pytest.mark.parametrize("rows", [[], [{"from": "s1", "to": "s4", "min": 0}]])
def test_the_free_matches_of_a_published_problem(
    tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    case = read_case("heat_bgw_matches_free")
    assert case["forbidden"] == []
    streams = [s | {"type": "hot"} for s in case["hot"]] + case["cold"]
    # A row that forbids nothing has the cascade written by source: the answer is the same.
    tables = {**heat_cascade.tables(streams, case["dt_min"]), **({"matches": rows} if rows else {})}
    plan = solved(tmp_path, case["name"], tables)
    assert plan.objective["value"] == close(case, case["expected"]["Qh"])
    bought = plan.exchange.set_index("market")["value"]
    assert bought["cooling"] == close(case, case["expected"]["Qc"])
    assert (len(plan.heat_matched) > 0) == bool(rows)


@pytest.mark.parametrize("name", NAMES)
def test_every_case_says_where_it_comes_from(name: str) -> None:
    case = read_case(name)
    assert case["name"] == name
    assert case["source"]
    assert case["tolerance"] > 0
