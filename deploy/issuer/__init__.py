"""The development issuer: an OpenID Connect provider over a file of accounts, for a stack without a city's own."""
