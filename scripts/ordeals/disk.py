def full(town, options):
    return []
