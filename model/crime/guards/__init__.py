"""M33, private guards: they protect the shops that pay for them."""
