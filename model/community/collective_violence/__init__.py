"""M15, collective violence (*linchamiento*): crowds, suspects, cascades, and police and authorities who stop them."""
