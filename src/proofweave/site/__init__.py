"""The pages around the posts: index with search, progress, and which result uses which."""
