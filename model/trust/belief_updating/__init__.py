"""The law of trust: what people have been through counts as evidence."""
