"""What a change of the mappings does to customers: semantic diff, replay, reports."""
