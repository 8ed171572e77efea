"""Cut lists: a film's shots for editing systems, players and eyes."""
