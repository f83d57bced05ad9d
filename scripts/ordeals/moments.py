def kills(town, options):
    return []
