"""How the failure of one protocol reaches others: claims, fire sales, wrapped coins, and a clearing house."""
