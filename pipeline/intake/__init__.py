"""From a file in the inbox to the decision on its reporting units, and the receipt back."""
