"""Charts of plans and studies as plain SVG, in one house style."""
