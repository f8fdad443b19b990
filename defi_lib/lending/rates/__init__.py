"""Interest: curves of the rate, and how it adds up."""
