# %% [markdown]
# # 写一项新技术 · Write a new technology
#
# 技术是表格里的行，不是代码。本页给模板园区加一项“污水源热泵”：两行技术、三行配方，就进入
# 线性规划。数值仅为示例，标为假设（assumption）。
#
# A technology is rows in tables, not code. This page gives the template park a heat pump of its
# own; the figures are examples and are marked as assumption.

# %%
from pathlib import Path

from circularpark import read_park, solve
from circularpark.park.new import new_park
from circularpark.show import picture

folder = new_park(Path("with-pump"))
before = solve(read_park(folder))

# %% [markdown]
# ## 技术与配方 · The technology and its recipe
#
# 配方以负号为投入、正号为产出；`capacity_of` 说明规模按哪一行计。
#
# A recipe's inputs are negative, its outputs positive; `capacity_of` names the row by which
# capacity is counted.

# %%
(folder / "technologies.csv").write_text(
    "id,name_zh,name_en,capacity_of,capex,fixed_om,lifetime,source,confidence\n"
    "effluent_pump,污水源热泵（示例）,Effluent heat pump (example),hot_water,"
    "900000,2,20,example of this page,assumption\n",
    encoding="utf-8",
)
(folder / "recipes.csv").write_text(
    "technology,row,commodity,rate,source,confidence\n"
    "effluent_pump,warm_water,warm_water,-0.75,COP 4: three parts of heat,assumption\n"
    "effluent_pump,electricity,electricity,-0.25,and one part of power,assumption\n"
    "effluent_pump,hot_water,hot_water,1,,assumption\n",
    encoding="utf-8",
)
with (folder / "processes.csv").open("a", encoding="utf-8") as table:
    table.write("mill_pump,dyeing_mill,effluent_pump,,5,candidate,,may be built / 可建\n")

# %% [markdown]
# ## 它值得建吗 · Is it worth building?

# %%
plan = solve(read_park(folder))
assert plan.certificate.ok
built = plan.builds[plan.builds["capex"] > 0]
print(built[["name_zh", "name_en", "capacity", "unit", "capex"]].round(2).to_string(index=False))
saved = before.account.whole("co2") - plan.account.whole("co2")
print(f"{saved:.0f} t CO2 less than without it")
assert saved >= -1e-6 * before.account.whole("co2")

# %% [markdown]
# 图上可以看到它的热水送到了哪里。 The map shows where its hot water goes.

# %%
picture(plan, "map", "zh")
