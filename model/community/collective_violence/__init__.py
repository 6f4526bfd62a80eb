"""M15, collective violence (*linchamiento*): a crowd, a suspect, a cascade, and who may stop it in time."""
