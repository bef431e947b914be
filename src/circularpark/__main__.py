"""``python -m circularpark`` is the command ``circularpark``."""

from circularpark.cli import main

if __name__ == "__main__":
    main()
