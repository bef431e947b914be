"""A park as one Excel workbook: the template, reading it back, questionnaires for companies."""
