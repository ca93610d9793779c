def shown(work, *_):
    return work
