"""A year of the whole economy, on one ledger, beside the same people with a broker, a bank and an issuer."""
