"""Draws the synthetic clinic scenes. Every name, number and date in them is invented and looks it."""
