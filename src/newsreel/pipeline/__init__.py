"""Items to segments to representations, exactly once."""
