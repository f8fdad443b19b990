"""What is financed under a return hurdle."""
