"""How this project writes to a disk. At the very top of the road: every room may import it, it imports none."""
