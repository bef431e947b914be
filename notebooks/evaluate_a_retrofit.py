# %% [markdown]
# # 评价一项改造 · Evaluate a retrofit
#
# 经理带来一张项目清单：每项单独做值多少，最后做值多少，合起来值多少，谁出钱，谁受益。
#
# A manager brings a list of projects: what each is worth alone, what as the last one, what all
# together, who pays and who gains.

# %%
from pathlib import Path

from circularpark import Study
from circularpark.show import picture

study = Study("huaining-cement")
plan = study.plan()
dear = plan.builds[plan.builds["capex"] > 0].nlargest(5, "capex")
print(dear[["name_zh", "name_en", "capacity", "unit", "capex"]].to_string(index=False))

# %% [markdown]
# ## 清单 · The list
#
# 一行一项；空白的格用园区自己的数据。 One row each; blank cells take the park's own figures.

# %%
rows = ["item,project,capacity,loan_share"]
for place, build in enumerate(dear.to_dict("records"), start=1):
    rows.append(f"{build['item']},project {place},{build['capacity']:.4f},60")
Path("projects.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")

# %% [markdown]
# ## 单独、最后、平均 · Alone, last, on average
#
# 三个数不同，说明项目之间相争或相互依靠：只看“单独”会高估相争的项目，低估相互依靠的项目。
#
# Where the three differ, projects compete or need each other: “alone” flatters those that compete
# and wrongs those that serve one another.

# %%
found = study.evaluate(Path("projects.csv"))
assert found.proven
for project in found.as_dict()["projects"]:
    values = project["values"]
    saved = {way: round(values[way]["co2"]) for way in ("alone", "last", "average")}
    print(f"{project['name_en']}: {project['capex'] / 1e6:.2f} million CNY, t CO2 a year {saved}")

# %% [markdown]
# ## 一张图 · In one picture
#
# 每个圆是一个项目：越靠右减排越多，越靠下每吨越便宜（零以下是赚钱的），圆的面积是投资。
#
# Each disc is a project: the further right, the more it saves; the lower, the cheaper a tonne
# (below nought it earns money); its area is the investment.

# %%
picture(found, "projects", "zh")
