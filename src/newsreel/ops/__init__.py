"""Running it well: which runtime, precision and width is fastest here, and what that costs in quality."""
