"""Minutes of load with clients of every kind, good and bad, and SIGTERM in the middle: what leaks, hangs or is lost."""
