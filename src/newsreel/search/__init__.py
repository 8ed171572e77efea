"""Query, fusion, facets, highlights."""
