"""Posts: one part of an assignment as Markdown that can be pasted into Reddit, with the pictures to upload."""
