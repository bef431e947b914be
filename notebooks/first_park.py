# %% [markdown]
# # 第一个园区 · A first park
#
# 从空文件夹到一个经校验的方案：写出模板园区，检查数据，求解，读懂结果，画流向图。
#
# From an empty folder to a certified plan: write the template park, check its data, solve it,
# read the answer, draw the flow map.

# %%
from pathlib import Path

from circularpark import ParkDataError, read_park, solve
from circularpark.park.new import new_park
from circularpark.show import draw_flow_map, picture
from circularpark.show.plan_scene import scene_of

folder = new_park(Path("first-park"))
print(sorted(file.name for file in folder.iterdir()))

# %% [markdown]
# ## 数据里有错会怎样 · What happens when the data are wrong
#
# 把一个需求写成负数：全部问题一次列出，带文件、行、列和改法。
#
# A demand is made negative: all problems are told at once, with file, row, column and the way
# out.

# %%
demands = folder / "demands.csv"
right = demands.read_text(encoding="utf-8")
demands.write_text(right.replace(",9,MW", ",-9,MW"), encoding="utf-8")
try:
    read_park(folder)
    raise AssertionError("a negative demand was accepted")
except ParkDataError as problem:
    print(problem.text("zh"))
    print(problem.text("en"))
demands.write_text(right, encoding="utf-8")

# %% [markdown]
# ## 求解 · Solving
#
# 三种状态要分清：现状（计量值）、现有设备最优运行、方案。不花钱就能省下的，不算在投资头上。
#
# Three states are kept apart: today as metered, today's equipment run best, and the plan. What
# is saved without money is not credited to an investment.

# %%
park = read_park(folder)
plan = solve(park)
assert plan.certificate.ok
for state, values in (("best operation", plan.baseline), ("plan", plan.summary()["measures"])):
    print(state, {name: round(values[name]["2025"]) for name in ("co2", "cost")})
built = plan.builds[["name_zh", "name_en", "capacity", "unit", "capex"]]
print(built.round(2).to_string(index=False))

# %% [markdown]
# 减下来的碳排放来自哪里：每根柱是一个原因，左边是现有设备最优运行，右边是方案。
#
# Where the CO2 is saved: a bar for each cause, from today's equipment run best to the plan.

# %%
picture(plan, "waterfall", "zh")

# %% [markdown]
# ## 为什么可以相信 · Why it may be trusted
#
# 每个方案都带证书：`primal`、`balance` 是用原始表格重新核算的误差，
# `dual_gap` 是离最优最多还差多少。
#
# Every plan has its certificate: `primal` and `balance` are the errors of a check against the raw
# tables, `dual_gap` how far from the best it can be at most.

# %%
print(plan.certificate.as_dict())

# %% [markdown]
# ## 流向图 · The flow map
#
# 图在这里，也可写成一个离线可看的 HTML 文件。
#
# The map as a picture here, and as one HTML file that opens without a network.

# %%
picture(plan, "map", "zh")

# %%
page = Path("map.html")
page.write_text(draw_flow_map(scene_of(plan, interactive=True), "zh"), encoding="utf-8")
print(page, f"{page.stat().st_size / 1e6:.1f} MB")
