"""The command line: verify, demo, and the local AWS."""
