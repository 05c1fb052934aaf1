"""What is looked at before the work of others is taken: vulnerabilities and licences."""
