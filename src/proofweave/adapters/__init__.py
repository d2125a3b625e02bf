"""What touches the outside world: files, models, tools; imports types and errors only."""
