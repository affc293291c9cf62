"""One lock around every write to the tree of comments.

Roots of a materialised-path forest share one sequence of paths, so a lock on a thread or a question does
not protect them; and a retry hides a broken tree instead of preventing it. Only one lock for the whole
forest keeps 30 writers at once from losing or doubling a comment.
"""

from django.db import connections, transaction
from treebeard.mp_tree import MP_NodeManager, MP_NodeQuerySet

FOREST_LOCK = 0x464F5245  # any number that no other advisory lock of this database uses


def lock_forest(using):
    """Wait for the forest; the lock ends with the outermost transaction.

    SQLite needs nothing here: its write transactions are IMMEDIATE and so take their turns already.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The forest is locked inside a transaction only.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOREST_LOCK])


class ForestQuerySet(MP_NodeQuerySet):
    """A queryset whose deletions take the lock."""

    def delete(self, *args, **kwargs):
        """Delete rows and all that stands below them."""
        with transaction.atomic(using=self.db):
            lock_forest(self.db)
            return super().delete(*args, **kwargs)

    delete.alters_data = True
    delete.queryset_only = True


class ForestManager(MP_NodeManager):
    """A manager whose every write to the tree takes the lock first."""

    def _locked(self, write, *args, **kwargs):
        with transaction.atomic(using=self.db, savepoint=False):
            lock_forest(self.db)
            return write(*args, **kwargs)

    def add_root(self, *args, **kwargs):
        """Add a top-level row after the last one."""
        return self._locked(super().add_root, *args, **kwargs)

    def add_child(self, *args, **kwargs):
        """Add a row below another."""
        return self._locked(super().add_child, *args, **kwargs)

    def add_sibling(self, *args, **kwargs):
        """Add a row beside another."""
        return self._locked(super().add_sibling, *args, **kwargs)

    def move(self, *args, **kwargs):
        """Move a row with all that stands below it."""
        return self._locked(super().move, *args, **kwargs)

    def fix_tree(self, *args, **kwargs):
        """Mend depth and number of children."""
        return self._locked(super().fix_tree, *args, **kwargs)
