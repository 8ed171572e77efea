"""Values, ids, errors and protocols: standard library, numpy and pyarrow only."""
