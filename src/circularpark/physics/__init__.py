"""What is physically possible in a park: who gives and takes, candidate links, routes, formulas."""
