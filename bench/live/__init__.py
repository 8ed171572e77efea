"""Live shots: what a shorter lag costs in boundaries, and how many feeds this machine carries at which lag."""
