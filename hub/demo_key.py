"""The secret key of a demonstration or development server, made once and kept beside its database."""

from django.core.management.utils import get_random_secret_key


def demo_secret_key(folder):
    """Return the key kept in `folder`, making it the first time."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()
