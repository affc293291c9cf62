"""Words about what moderators did."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def said_of(event):
    """Say what a moderator has just decided."""
    said = {
        "approve": _("Approved: the contribution of %(name)s is published."),
        "return": _("Returned: %(name)s is asked to revise the contribution."),
        "reject": _("Rejected: the contribution of %(name)s is not published."),
        "remove": _("Removed: a line with the reason stands in the place of the contribution of %(name)s."),
        "restore": _("The contribution of %(name)s is shown again."),
        "approve_edit": _("Published: the changed text of %(name)s."),
        "reject_edit": _("The published text of %(name)s stays as it is."),
        "settle": _("Settled: the contribution of %(name)s stays as it is."),
        "duplicate": _("Marked as a duplicate: the address of the contribution of %(name)s leads to the other one."),
        "undo": _("Undone: the contribution of %(name)s is as it was before."),
    }
    if event.reply_key:
        said["approve"] = _("Approved: the contribution of %(name)s is published, with your reply.")
    if event.undoes and event.undoes.reply_key:
        said["undo"] = _("Undone: the contribution of %(name)s is as it was before, and your reply is withdrawn.")
    words = said.get(event.action, _("Recorded for the contribution of %(name)s."))
    return words % {"name": event.comment.shown_name}
