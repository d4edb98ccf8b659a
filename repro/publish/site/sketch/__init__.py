"""A study's figures as small SVG whose ink follows the page, from the numbers that matplotlib's are drawn from."""
