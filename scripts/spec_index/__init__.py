"""How the index of names is made: one module for each library's way of saying what a class takes."""
