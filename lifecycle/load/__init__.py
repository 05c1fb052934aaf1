"""`lifecycle load`: an export into a domain, at the account's rate, every row accounted for."""
