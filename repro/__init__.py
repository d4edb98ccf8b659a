"""repro: does the paper hold up? One YAML spec, one command, an honest verdict."""
