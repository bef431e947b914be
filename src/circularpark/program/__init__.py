"""The linear program: time, data, variables, rows, constraints, measures, assembly."""
