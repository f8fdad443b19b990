"""What a transaction costs: gas, congestion, blobs."""
