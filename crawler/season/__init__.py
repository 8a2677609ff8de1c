"""The season: which portals are due on a day, over which nights, by which schedule."""
