# %% [markdown]
# # 情景、减排成本与权衡 · What-if, MACC and Pareto
#
# 一个 `Study` 记住园区和上一次的基，情景之间只传差别，所以回答很快。
#
# A `Study` remembers the park and the last basis; between cases only differences are sent, so
# answers come fast.

# %%
import time

from circularpark import Case, Study
from circularpark.show import picture

study = Study("huaining-cement")
begun = time.perf_counter()
base = study.plan()
print(f"as it is: {base.account.whole('co2') / 1e3:.0f} kt, {time.perf_counter() - begun:.2f} s")

# %% [markdown]
# ## 预算减半呢？· What if the budget were halved?

# %%
limits = study.park().tables.limits
budget = str(limits.loc[limits["measure"] == "capex", "id"].iloc[0])
change = {"table": "limits", "where": {"id": budget}, "multiply": {"value": 0.5}}
half = Case("half", [change])
answer = study.answer(half)
assert answer.plan is not None
print(f"half the money: {answer.plan.account.whole('co2') / 1e3:.0f} kt, {answer.seconds:.2f} s")
for difference in answer.changes or ():
    print(difference)

# %% [markdown]
# ## 多减一吨要多少钱 · What the next tonne costs
#
# 每一步都重新选择所有投资：这才是真正的边际成本。
#
# Every step chooses all investments anew: that is the true marginal cost.

# %%
curve = study.macc(steps=4)
assert curve.certified
print(curve.frame[["step", "co2", "saved", "average", "price"]].round(0).to_string(index=False))
picture(curve, "macc", "zh")

# %% [markdown]
# ## 成本与减排的权衡 · Cost against CO2
#
# 每个点都是一个完整的方案；拐点（knee）之后，再多减一吨就贵得多。
#
# Each point is a whole plan; beyond the knee a further tonne costs much more.

# %%
pareto = study.pareto(["cost", "co2"], points=6)
print(pareto.frame[["point", "co2", "cost", "price", "knee"]].round(0).to_string(index=False))
assert pareto.certified
picture(pareto, "pareto", "zh")
