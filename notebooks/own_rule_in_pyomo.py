# %% [markdown]
# # 用 Pyomo 加一条自己的规则 · Your own rule in Pyomo
#
# 园区的线性规划对所有人开放：每个变量、每条约束都带着园区表格里的名字。本页取安庆高新区，
# 规定热力站的生物质锅炉不超过 30 MW，再看方案如何改变、代价多大。
#
# A park's linear program is open: every variable and constraint carries the names of the
# park's tables. This page takes the Anqing park, allows the heat station no more than 30 MW of
# biomass boiler, and looks at how the plan changes and what that costs.

# %%
import pyomo.environ as pyo

from circularpark import build, read_park, solve, to_pyomo
from circularpark.errors import RuleError
from circularpark.show import picture

park = read_park("anqing-hightech")
problem = build(park)
before = solve(problem)


def dearest(plan):
    """The ten dearest things to build."""
    shown = plan.builds.nlargest(10, "capex")[["name_zh", "name_en", "capacity", "unit", "capex"]]
    return shown.round({"capacity": 1, "capex": -5}).to_string(index=False)


print(dearest(before))

# %% [markdown]
# ## 模型长什么样 · What the model looks like
#
# 变量按合同命名：`link_flow[连接, 时段]`、`activity[工艺, 时段]`、`capacity[设备, 年份]`……
# 任何一条平衡都可以直接读。
#
# Variables are named as in the tables: `link_flow[link, period]`, `activity[process, period]`,
# `capacity[item, year]`, ... Any balance can be read as it stands.

# %%
model = to_pyomo(problem)
print(model.balance["wanjiang_power", "fly_ash", "2025"].expr)

# %% [markdown]
# ## 加一条规则 · Add a rule

# %%
biomass = model.capacity["heat_station_biomass", 2025]
model.no_more_biomass = pyo.Constraint(expr=biomass <= 30)

# 规则被编译到我们自己的数组上：热启动、证书都照常。
# The rule is compiled onto our own arrays: warm starts and the certificate keep working.
after = solve(model)
assert after.certificate.ok
print(dearest(after))
picture(after, "waterfall", "zh")

# %% [markdown]
# ## 代价 · What it costs
#
# 规则的影子价格就是它的代价：锅炉再小 1 MW，第一阶段的目标（CO2 加上按每吨上限折算的成本）
# 变差多少；负号表示放宽规则会更好。
#
# The rule's dual is its price: how much the first stage (CO2, and cost at the ceiling per tonne)
# changes for one more MW; it is negative, since more would be better.

# %%
whole = [plan.objective["value"] for plan in (before, after)]
print(" -> ".join(f"{value:,.0f}" for value in whole), "t CO2/a")
duals = after.duals
price = duals[duals["family"] == "no_more_biomass"]
print(price[["stage", "unit", "dual"]].to_string(index=False))
assert (price["dual"] <= 0).all()

# %% [markdown]
# ## 不是线性的规则 · A rule that is not linear
#
# 线性规划解不了的规则会用一句话说明，而不是给出错误的答案。
#
# What a linear program cannot hold is refused in words, not solved wrongly.

# %%
model.del_component("no_more_biomass")
first, second = list(model.exchange.values())[:2]
model.product = pyo.Constraint(expr=first * second <= 1)
try:
    solve(model)
except RuleError as problem_with_it:
    print(problem_with_it.text("zh"))
    print(problem_with_it.text("en"))
else:
    raise AssertionError("a product of two flows is not linear")
