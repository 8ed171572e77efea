"""Where segments live and are found."""
