"""Recordings: files that are decoded when they are wanted."""
