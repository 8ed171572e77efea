"""The image, made and looked at without a container engine."""
