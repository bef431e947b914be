"""From a program to a certified plan."""
