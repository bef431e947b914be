"""Many solves of one park."""
