"""Reading what a Chinese invoice file says. Nothing in this package touches the database."""
