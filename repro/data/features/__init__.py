"""Features and augmentations: one small file each. They take and give batches of tensors, on any device."""
