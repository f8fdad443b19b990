"""What a licence costs, and what moves away."""
