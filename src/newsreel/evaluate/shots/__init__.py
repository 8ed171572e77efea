"""How well shots are found: films with what is true of them, edits made of real footage, the counting, peers."""
