"""The services of Parvis, each a slice of its own: data, API, pages and handlers."""
