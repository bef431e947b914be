"""What is told of operations whose outlets count at their most: exact with one property only."""

from __future__ import annotations

from pathlib import Path

import pytest

from circularpark.cli.closing import outlet_lines
from circularpark.solve.explain_quality import quality_lines
from tests.solve.test_quality import GOODS, MARKETS, solved

WASHING = "id,site,commodity,property,load,unit,max_out,quality_unit\n"


@pytest.mark.parametrize(
    ("rows", "exact", "word", "chinese"),
    [
        ("bath,mill,water,salt,2,kg/h,100,ppm\n", 1, "is exact", "是精确的"),
        (
            "bath,mill,water,salt,2,kg/h,100,ppm\nbath,mill,water,cod,1,kg/h,100,ppm\n",
            0,
            "a better one may exist",
            "可能存在更优方案",
        ),
    ],
)
def test_it_is_told_when_a_fixed_outlet_is_exact(
    tmp_path: Path, rows: str, exact: int, word: str, chinese: str
) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS,
        operations=WASHING + rows,
        markets=MARKETS + "well,mill,water,buy,1\nsewer,mill,water,dispose,1\n",
        quality="item,property,value,unit\nwell,salt,0,ppm\nwell,cod,0,ppm\n",
    )
    # Two kilograms of salt in water of at most 100 ppm: 20 t/h, and half of that for cod.
    assert plan.throughput["value"].sum() == pytest.approx(20)
    summary = plan.summary()
    assert summary["operations"] == {"exact": exact, "counted_at_most": 1 - exact}
    told = {lang: " ".join(quality_lines(plan, "bath", lang)) for lang in ("en", "zh")}
    assert word in told["en"]
    assert chinese in told["zh"]
    english, mandarin = (outlet_lines(summary, lang) for lang in ("en", "zh"))
    assert len(english) == len(mandarin) == 1 - exact
    if english:
        assert "Operations with several properties: 1." in english[0]
        assert "有 1 个用水工序" in mandarin[0]
