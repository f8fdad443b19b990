"""What a vote weighs: rules against whales, and what false identities make of them."""
