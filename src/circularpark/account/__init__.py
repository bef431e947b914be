"""What flows amount to, and whether they keep the rules: pure functions on tables and flows."""
