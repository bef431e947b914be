# %% [markdown]
# # 读懂热的梯级利用 · Read the heat cascade
#
# 热只从高温流向低温。本页看安庆高新区：夹点目标是多少，方案达到了多少，剩下的为什么达不到。
#
# Heat flows from hot to cold only. This page looks at the Anqing park: what the pinch target is,
# how much of it the plan reaches, and why not more.

# %%
from circularpark import read_park, solve
from circularpark.show.heat_page import summary_lines

park = read_park("anqing-hightech")
plan = solve(park)
report = plan.heat_report()
assert report is not None
for lang in ("zh", "en"):
    print("\n".join(summary_lines(report, lang)))

# %% [markdown]
# ## 每个厂区的目标 · The target of each site
#
# `recoverable` 是本厂区自己能回收的热 [MW]，`now` 是现有设备最优运行，`plan` 是方案。
#
# `recoverable` is what a site could recover of its own heat [MW]; `now` is best operation,
# `plan` is the plan.

# %%
columns = ["site", "offered", "wanted", "recoverable", "now", "plan"]
print(report.shown[columns].round(1).to_string(index=False))

# %% [markdown]
# ## 谁加热谁 · Which source heats which sink
#
# 温度沿着换热器下降，冷热两侧始终保持最小温差。
#
# Temperatures fall along each exchanger, and both sides keep their least approach.

# %%
matches = plan.matches
pairs = matches[(matches["source"] != "") & (matches["sink"] != "")]
largest = pairs.nlargest(8, "energy")
shown = ["site", "source", "sink", "mean", "hot_in", "hot_out", "cold_in", "cold_out"]
print(largest[shown].round(1).to_string(index=False))
assert (largest["hot_in"] >= largest["cold_out"]).all()

# %% [markdown]
# ## 没有温度会怎样 · Without temperatures
#
# 把同一个园区的热量当作几档没有温度的能量（情景 `one-level`）：靠温差工作的设备（热泵、蒸汽再压缩、
# 有机朗肯循环）从中消失，热的去向也不再受温度约束，方案因此不同。
#
# The same park with heat as a few energies without temperature (case `one-level`): what lives
# on temperature differences (heat pumps, vapour recompression, organic Rankine cycles) drops
# out, and nothing stops heat from going where it is too cold; the plan is another one.

# %%
flat = solve(read_park("anqing-hightech", case="one-level"))
for name, found in (("by temperature", plan), ("one level", flat)):
    print(f"{name:>15}: {found.account.whole('co2') / 1e6:.3f} Mt CO2")
