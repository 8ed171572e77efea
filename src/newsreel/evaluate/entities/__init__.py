"""How well named entities are found: sets, their labels as ours, their split, and the counting."""
