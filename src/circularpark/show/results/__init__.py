"""The results of a plan as a workbook."""
