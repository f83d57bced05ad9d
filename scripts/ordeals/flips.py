def flips(town, options):
    return []
