"""Addresses of the discussion, its moderation and the objectives: a contract, links to them last for years."""

from django.urls import path

from .views import comment, export, moderation, objective, privacy, roundtable

urlpatterns = [
    path("roundtables/", roundtable.roundtable_list, name="roundtable_list"),
    path("roundtables/<slug:slug>/", roundtable.roundtable_detail, name="roundtable_detail"),
    path("roundtables/<slug:slug>/all/", roundtable.roundtable_all, name="roundtable_all"),
    path("roundtables/<slug:slug>/export.csv", export.roundtable_csv, name="roundtable_csv"),
    path("roundtables/<slug:slug>/export.json", export.roundtable_json, name="roundtable_json"),
    path("roundtables/<slug:slug>/links/", moderation.links, name="moderation_links"),
    path("roundtables/<slug:slug>/note/", roundtable.roundtable_note, name="roundtable_note"),
    path("roundtables/<slug:slug>/contribute/", comment.contribute, name="comment_contribute"),
    path("roundtables/<slug:slug>/questions/<int:number>/", roundtable.question_detail, name="question_detail"),
    path("roundtables/<slug:slug>/questions/<int:number>/answer/", comment.answer, name="comment_answer"),
    path("comments/mine/", comment.mine, name="comment_mine"),
    path("comments/<int:pk>/", comment.detail, name="comment_detail"),
    path("comments/<int:pk>/reply/", comment.reply, name="comment_reply"),
    path("comments/<int:pk>/revise/", comment.revise, name="comment_revise"),
    path("moderation/", moderation.queue, name="moderation_queue"),
    path("moderation/comments/<int:pk>/", moderation.decide, name="moderation_decide"),
    path("moderation/comments/<int:pk>/refile/", moderation.refile, name="moderation_refile"),
    path("accounts/data/", privacy.data, name="account_data"),
    path("accounts/close/", privacy.close, name="account_close"),
    path("objectives/", objective.objective_list, name="objective_list"),
    path("objectives/<int:number>/", objective.objective_detail, name="objective_detail"),
]
