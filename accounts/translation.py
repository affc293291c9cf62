"""Which texts about people exist in every language of the site."""

from modeltranslation.translator import TranslationOptions, register

from .models import Organisation, StakeholderGroup


@register(Organisation)
class OrganisationTranslation(TranslationOptions):
    """ONUDC in French is UNODC in English."""

    fields = ("name", "acronym")


@register(StakeholderGroup)
class StakeholderGroupTranslation(TranslationOptions):
    """Labels of the stakeholder groups."""

    fields = ("label",)
