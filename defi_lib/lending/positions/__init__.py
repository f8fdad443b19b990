"""One borrower: collateral, liquidation, leverage, and what a fall sets off."""
