"""Manners: what robots.txt says, how fast and in what turn hosts are asked, and which are not."""
