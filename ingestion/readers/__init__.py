"""Files of every kind into raw cells or features, with their true addresses."""
