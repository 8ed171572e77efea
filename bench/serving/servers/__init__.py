"""What the peers serve with: one program each, run in an environment of its own, and nothing of ours in it."""
