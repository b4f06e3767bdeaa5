"""Tables of the world by country."""
