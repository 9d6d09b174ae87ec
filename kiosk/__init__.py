"""The terminal: journeys, screens, and the hotel behind them."""
