"""The whole road of a person with little money."""
