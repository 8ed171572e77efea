"""What models mean (one folder a task) and how they run (`runtime`)."""
