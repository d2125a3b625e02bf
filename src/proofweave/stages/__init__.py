"""The steps of the way, a folder for each rule; none imports another."""
