"""Tables, inventories and price indices of China and its provinces."""
