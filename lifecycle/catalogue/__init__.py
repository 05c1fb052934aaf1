"""A static site from the mappings: what each object type holds, and who writes each attribute."""
