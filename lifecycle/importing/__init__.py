"""Mapping modules from what is there already: a live domain, a template, a request, a sample."""
