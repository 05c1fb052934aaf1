"""Rules over all resources of a stack: for `make check`, and as a Pulumi policy pack."""
