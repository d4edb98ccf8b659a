"""Train again in several ways and compare: is it the same, bit for bit?"""
