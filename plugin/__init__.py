"""The components for programs in other languages: typed arguments that travel as plain data."""
