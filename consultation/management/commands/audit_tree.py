"""`manage.py audit_tree`"""

import json

from django.core.management.base import BaseCommand
from django.db.models import Count

from consultation.models import Comment

# In the order in which treebeard returns them.
KINDS = ("wrong_characters", "wrong_path_length", "orphans", "wrong_depth", "wrong_numchild")


class Command(BaseCommand):
    """Count the comments by status and look for faults of the tree; changes nothing."""

    help = "Prints counts of comments by status and what is wrong with the tree as JSON; changes nothing."

    def handle(self, **options):
        """Print one line of JSON, which is the last."""
        found = Comment.objects.order_by().values_list("status").annotate(Count("pk"))
        statuses = dict.fromkeys(Comment.Status.values, 0) | dict(found)
        faults = {kind: len(which) for kind, which in zip(KINDS, Comment.objects.find_problems(), strict=True)}
        self.stdout.write(
            json.dumps(
                {
                    "comments": sum(statuses.values()),
                    "statuses": statuses,
                    "find_problems": faults,
                    "problems": sum(faults.values()),
                }
            )
        )
