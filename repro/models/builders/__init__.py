"""How each layer of a spec becomes a module: one file for each family, all reached through ``registry``."""
