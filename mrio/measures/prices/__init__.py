"""What costs, and a price of carbon, do to prices, and who pays."""

from mrio.measures.prices.carbon import CarbonPrice, carbon_price
from mrio.measures.prices.cost_push import PriceChange, price_change

__all__ = ["CarbonPrice", "PriceChange", "carbon_price", "price_change"]
