"""Lesson 7.3: the price of compute."""
