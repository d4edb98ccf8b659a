"""How this project reads strangers' folders and writes to a disk. Every room may import this one; it imports none."""
