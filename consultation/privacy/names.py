"""Taking a person's name and addresses out of what others wrote: the one change of a text that is not its author's.

A mention is how the site points to a person, so it goes with the person: `@Name` becomes `@former participant` in
every version of the text. What others say about somebody in their own words stays theirs.
"""

import re
from html import escape

from django.db.models import Q
from django.utils import translation

from accounts.models import Mail, User
from consultation.models import Attachment, Comment, CoveredTitle, Draft, InternalNote, Redaction, Revision

BATCH = 100


def forget_names(user, addresses, comments):
    """Take a person out of mentions, of mail to others, of notes, and of titles of files.

    `comments` are those that were the person's own.
    """
    is_shared = User.objects.filter(name__iexact=user.name).exclude(pk=user.pk).exists()
    names = [] if is_shared or not user.name.strip() else [user.name]
    if names:
        _forget_mentions(user.name)
    words = sorted({*names, *addresses}, key=len, reverse=True)
    others = Mail.objects.exclude(recipient=user)
    _replace(others, ("subject", "text", "html", "to"), words, lambda mail: mail.language)
    _replace(InternalNote.objects.all(), ("body",), words, lambda note: "en")
    own = Attachment.objects.filter(Q(uploader=user) | Q(copy_of__uploader=user))
    _replace(own, ("name", "title", "other_title"), names, lambda file: file.language)
    sent = Q(attachment__uploader=user) | Q(attachment__copy_of__uploader=user)
    covered = CoveredTitle.objects.filter(sent).select_related("attachment")
    _replace(covered, ("name", "title", "shown"), names, lambda one: one.attachment.language)
    _forget_in_versions(Revision.objects.filter(comment__in=comments).exclude(files=None), names)
    for comment in Comment.objects.filter(attachments__uploader=user).distinct():
        comment.show_files()
        comment.set_search_text()
        comment.save(update_fields=["files", "search_text"])


def former(language):
    """Return what stands in the place of a name, in the language of the text where the site speaks it."""
    with translation.override(language or None):
        return str(Comment.Role.FORMER.label)


def _replace(rows, fields, words, language_of):
    if not words:
        return
    holds = Q()
    for field in fields:
        for word in words:
            holds |= Q(**{f"{field}__contains": word}) | Q(**{f"{field}__contains": escape(word)})
    found = list(rows.filter(holds))
    for row in found:
        for field in fields:
            text = getattr(row, field)
            for word in words:
                instead = "" if "@" in word else former(language_of(row))
                text = text.replace(word, instead).replace(escape(word), instead)
            setattr(row, field, text[: row._meta.get_field(field).max_length])
    rows.model.objects.bulk_update(found, fields, batch_size=BATCH)


def _forget_in_versions(revisions, names):
    """Take a name out of the titles that files had with earlier versions."""
    for revision in revisions if names else ():
        for file in revision.files:
            for key in {"title", "written"} & file.keys():
                file[key] = file[key].replace(names[0], former(file["language"]))
        revision.save(update_fields=["files"])


def _forget_mentions(name):
    mention = re.compile(r"@" + r"\s+".join(re.escape(word) for word in name.split()) + r"(?!\w)", re.IGNORECASE)
    first = f"@{name.split()[0]}"
    for draft in Draft.objects.filter(body__icontains=first):
        Draft.objects.filter(pk=draft.pk).update(body=mention.sub(f"@{former(draft.language)}", draft.body))
    changed = set()
    for revision in Revision.objects.filter(body__icontains=first):
        if _forget_in(revision, mention, f"@{former(revision.language)}"):
            changed.add(revision.comment_id)
    # Of some, such as imported ones, no version is kept but the text itself.
    unversioned = Comment.objects.filter(body__icontains=first, revisions=None).values_list("pk", flat=True)
    for comment in Comment.objects.filter(pk__in={*changed, *unversioned}).select_related("roundtable"):
        if comment.pk not in changed:
            comment.body = mention.sub(f"@{former(comment.language)}", comment.body)
        comment.show_covered()
        comment.record_change(public=comment.is_public)


def _forget_in(revision, mention, instead):
    """Rewrite one version, and move its covered passages along; return whether anything changed."""
    found = list(mention.finditer(revision.body))
    for redaction in Redaction.all_objects.filter(revision=revision) if found else ():
        redaction.start, redaction.end = (
            place + sum(len(instead) - len(each[0]) for each in found if each.end() <= place)
            for place in (redaction.start, redaction.end)
        )
        redaction.save(update_fields=["start", "end"])
    if found:
        revision.body = mention.sub(instead, revision.body)
        revision.save(update_fields=["body"])
    return bool(found)
