def normalise(text):
    return text.lower()
