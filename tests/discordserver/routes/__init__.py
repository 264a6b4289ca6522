"""What the REST API does, a module for each kind of thing. Each has `ROUTES`."""
