"""What is held about a person: the register of it, the download of it, and closing an account without a trace."""

from .closing import KEEP, WITHDRAW, close_account
from .download import write_archive

__all__ = ["KEEP", "WITHDRAW", "close_account", "write_archive"]
