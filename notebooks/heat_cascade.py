# %% [markdown]
# # 读懂热的梯级利用 · Read the heat cascade
#
# 热只从高温流向低温。本页看安庆高新区：夹点目标是多少，方案达到了多少，剩下的为什么达不到。
#
# Heat flows from hot to cold only. This page looks at the Anqing park: what the pinch target is,
# how much of it the plan reaches, and why not more.

# %%
from circularpark import read_park, solve
from circularpark.show import named_tables, picture
from circularpark.show.heat_page import summary_lines

park = read_park("anqing-hightech")
plan = solve(park)
report = plan.heat_report()
assert report is not None
for lang in ("zh", "en"):
    print("\n".join(summary_lines(report, lang)))

# %% [markdown]
# ## 复合曲线 · The composite curves
#
# 全园区可放出的热（红）与需要的热（蓝）按温度排开，最靠近处是夹点；两条曲线上下重叠的一段可以回收，
# 左边多出的只能冷却，右边多出的要外部加热。
#
# All heat that the park gives (red) and wants (blue), laid out by temperature; they come closest at
# the pinch. Where they lie above one another heat can be recovered; what sticks out at the left is
# cooled away, what sticks out at the right is heated from outside.

# %%
picture(plan, "composite", "zh")

# %% [markdown]
# ## 每个厂区的目标 · The target of each site
#
# `recoverable` 是本厂区自己能回收的热 [MW]，`now` 是现有设备最优运行，`plan` 是方案。
#
# `recoverable` is what a site could recover of its own heat [MW]; `now` is best operation,
# `plan` is the plan.

# %%
columns = ["offered", "wanted", "recoverable", "now", "plan"]
sites = park.tables.sites.set_index("id")
for lang in ("zh", "en"):
    names = (
        sites[f"name_{lang}"]
        .reindex(report.shown["site"])
        .fillna({"zh": "全园区", "en": "park"}[lang])
    )
    print(report.shown[columns].round(1).set_index(names).to_string())

# %% [markdown]
# ## 谁加热谁 · Which source heats which sink
#
# 温度沿着换热器下降，冷热两侧始终保持最小温差。
#
# Temperatures fall along each exchanger, and both sides keep their least approach.

# %%
matches = named_tables(plan)["matches"]
pairs = matches[(matches["source"] != "") & (matches["sink"] != "")]
largest = pairs.nlargest(8, "energy")
for lang in ("zh", "en"):
    shown = [f"site_{lang}", f"source_{lang}", f"sink_{lang}", "mean"]
    print(
        largest[[*shown, "hot_in", "hot_out", "cold_in", "cold_out"]]
        .round(1)
        .to_string(index=False)
    )
assert (largest["hot_in"] >= largest["cold_out"]).all()

# %% [markdown]
# 全园区曲线：各厂区自己用过之后剩下的热源与热阱，中间是载热介质（蒸汽、热水）能搬运的部分。
#
# The total-site profiles: what is left at the sites after their own recovery, and between both
# sides what the carriers, steam and hot water, can bring across.

# %%
picture(plan, "total_site", "en")

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
