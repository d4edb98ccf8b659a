"""Downloads: several sources in order, checksums known before use, one shared cache."""
