"""Who is paid of what a user pays."""
