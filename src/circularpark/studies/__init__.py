"""Many solves of one park: cases, comparisons, Pareto curves, cost curves of abatement."""
