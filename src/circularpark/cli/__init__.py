"""The commands: ``circularpark check``, ``solve``, ``map``, ``explain``, ``new``."""

from circularpark.cli.main import main

__all__ = ["main"]
