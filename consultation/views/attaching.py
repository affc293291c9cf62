"""What a form does with files: take in what came, keep what waits, let go of what is removed."""

import uuid

from django.core.exceptions import ValidationError

from consultation import uploads
from consultation.forms.attachment import FIELD, LANGUAGE, REMOVED, TITLE, clean_language, clean_title
from consultation.models import Attachment


def take_files(request, form, *, sent=()):
    """Take the files of a request into its form; those of the text that is revised are `sent` already."""
    key, refused = _key(form), []
    # A form that nobody has seen yet has no files, and most people have none anywhere.
    has_files = form.is_begun and getattr(form.roundtable, "user_has_files", True)
    waiting = uploads.waiting(request.user, key) if has_files else []
    if request.method == "POST":
        waiting = _without_removed(request, waiting)
        _describe(request, waiting)
        staying = [attachment for attachment in sent if str(attachment.pk) not in request.POST.getlist(REMOVED)]
        for upload in request.FILES.getlist(FIELD):
            if refused and uploads.is_out_of_order(refused[-1]):
                refused.append(uploads.likewise(refused[-1], upload.name))
                continue
            try:
                waiting.append(
                    uploads.store(
                        upload,
                        uploader=request.user,
                        key=key,
                        language=clean_language(request.POST.get("language")),
                        present=[*waiting, *staying],
                    )
                )
            except ValidationError as refusal:
                refused.append(refusal)
        refused += uploads.left_out(request)
    # One file chosen twice is one file.
    waiting = list({attachment.pk: attachment for attachment in waiting if attachment.comment_id is None}.values())
    form.take_files(waiting, sent=sent, refused=refused)
    if is_about_files(request):
        form.complain_of_files_only()


def take_copy(request, form):
    """Take the covered copy of a file into its form: the one that is sent, or that was sent with it before."""
    key, refused = _key(form), []
    for upload in request.FILES.getlist("copy")[:1]:
        try:
            uploads.store(upload, uploader=request.user, key=key)
        except ValidationError as refusal:
            refused.append(refusal)
    waiting = uploads.waiting(request.user, key)
    form.take_copy(key, waiting[-1] if waiting else None, refused + uploads.left_out(request))


def is_about_files(request):
    """Whether the person has only uploaded or removed files, and goes on writing."""
    return request.method == "POST" and (request.POST.get("action") == "attach" or "remove_file" in request.POST)


def _key(form):
    given = form.data.get("key") if form.is_bound else form.initial.get("key")
    try:
        return given if isinstance(given, uuid.UUID) else uuid.UUID(given)
    except (TypeError, ValueError, AttributeError):
        return uuid.uuid4()


def _without_removed(request, waiting):
    chosen = request.POST.get("remove_file")
    gone = [attachment for attachment in waiting if str(attachment.pk) == chosen]
    if gone:
        Attachment.objects.filter(uploader=request.user, form_key=gone[0].form_key, sha256=gone[0].sha256).filter(
            comment=None
        ).discard()
    return [attachment for attachment in waiting if attachment not in gone]


def _describe(request, waiting):
    """Keep the titles and languages that were typed for files that wait."""
    for attachment in waiting:
        title = clean_title(request.POST.get(f"{TITLE}{attachment.pk}", attachment.title), attachment.name)
        language = clean_language(request.POST.get(f"{LANGUAGE}{attachment.pk}", attachment.language))
        if (title, language) != (attachment.title, attachment.language):
            attachment.title, attachment.language = title, language
            attachment.save(update_fields=["title", "language"])
