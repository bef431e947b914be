"""What is short in a park without a plan, what binds, and cures that were each solved."""
