"""The concentrated pool in whole numbers, exactly as the contract computes: the oracle of tests."""
