"""Form fields that only the admin needs: objectives to tick, and dates in a roundtable's own time zone."""

import datetime
import zoneinfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consultation import reference

FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")

# One or two a region and offset, which is what people look for; the row's own zone is added where it is not here.
COMMON_ZONES = """
Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Dakar
Africa/Johannesburg Africa/Kampala Africa/Khartoum Africa/Kinshasa Africa/Lagos Africa/Maputo Africa/Nairobi
Africa/Tripoli Africa/Tunis
America/Argentina/Buenos_Aires America/Bogota America/Caracas America/Chicago America/Costa_Rica America/Denver
America/Guatemala America/Guayaquil America/La_Paz America/Lima America/Los_Angeles America/Mexico_City
America/Montevideo America/New_York America/Panama America/Port-au-Prince America/Santiago America/Santo_Domingo
America/Sao_Paulo America/Toronto
Asia/Amman Asia/Baghdad Asia/Baku Asia/Bangkok Asia/Beirut Asia/Bishkek Asia/Colombo Asia/Dhaka Asia/Dubai
Asia/Ho_Chi_Minh Asia/Jakarta Asia/Kabul Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Qatar
Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tokyo
Australia/Sydney
Europe/Athens Europe/Belgrade Europe/Berlin Europe/Brussels Europe/Chisinau Europe/Dublin Europe/Istanbul
Europe/Kyiv Europe/Lisbon Europe/London Europe/Madrid Europe/Moscow Europe/Paris Europe/Rome Europe/Stockholm
Europe/Vienna Europe/Warsaw Europe/Zurich
Pacific/Auckland Pacific/Fiji Pacific/Port_Moresby
"""


def time_zone_choices(current=""):
    """Return common time zones by region, with `current` among them."""
    names = sorted({*COMMON_ZONES.split(), current} - {"", "UTC"})
    regions = {}
    for name in names:
        region, _slash, place = name.partition("/")
        regions.setdefault(region, []).append((name, f"{region}/{place}".replace("_", " ").rstrip("/")))
    return [("UTC", "UTC"), *regions.items()]


class ObjectivesField(forms.TypedMultipleChoiceField):
    """The 23 objectives to tick, named in the language of the interface."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(coerce=int, required=kwargs.pop("required", False), **kwargs)

    def load_choices(self):
        """Read the names; a form does it once for itself."""
        objectives = reference.load().objectives
        self.choices = [(number, f"{number}. {text.title}") for number, text in sorted(objectives.items())]


class LocalDateTimeField(forms.Field):
    """A date and time as on a clock of some place; `to_utc` says which moment that is."""

    default_error_messages = {"invalid": _("Enter a date and a time, like 2026-03-29 23:59.")}

    def __init__(self, **kwargs):
        attrs = {"type": "datetime-local", "step": 1}
        kwargs.setdefault("widget", forms.DateTimeInput(attrs=attrs, format=FORMATS[0]))
        super().__init__(required=kwargs.pop("required", False), **kwargs)

    def to_python(self, value):
        """Return the clock's reading without a zone, or None."""
        if value in self.empty_values or isinstance(value, datetime.datetime):
            return value or None
        for pattern in FORMATS:
            try:
                return datetime.datetime.strptime(value.strip(), pattern)
            except ValueError:
                continue
        raise ValidationError(self.error_messages["invalid"], code="invalid")


def to_local(moment, zone_name):
    """Return what a clock in the zone shows at a moment; None for None."""
    return moment and moment.astimezone(zoneinfo.ZoneInfo(zone_name)).replace(tzinfo=None)


def to_utc(reading, zone_name):
    """Return the moment at which a clock in the zone shows this; None for None.

    Raises ValidationError for what no clock shows there, or shows twice, as clocks go forward or back.
    """
    if reading is None:
        return None
    zone = zoneinfo.ZoneInfo(zone_name)
    first, second = (reading.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    try:
        moment = first.astimezone(datetime.UTC)
        is_shown = moment.astimezone(zone).replace(tzinfo=None) == reading
    except OverflowError as error:
        raise ValidationError(LocalDateTimeField.default_error_messages["invalid"], code="invalid") from error
    if first.utcoffset() == second.utcoffset():
        return moment
    params = {"time": f"{reading:%H:%M}", "zone": zone_name}
    if is_shown:
        raise ValidationError(
            _("In %(zone)s, clocks go back that day and show %(time)s twice. Choose a time outside that hour."),
            code="ambiguous",
            params=params,
        )
    raise ValidationError(
        _("In %(zone)s, clocks go forward that day and never show %(time)s. Choose a time outside that hour."),
        code="missing",
        params=params,
    )
