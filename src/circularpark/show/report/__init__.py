"""The report of a plan: one HTML page, the same for print, and an edition for one company."""
