"""Querysets whose SQL is written once in a process: writing a short query takes ten times as long as running it.

    @statement
    def _replies(parent, moment, *, is_public):
        return Comment.objects.filter(in_reply_to=parent, posted_at__gt=moment, …)

    _replies(comment.pk, yesterday, is_public=True)  # a list

Positional arguments are values (whole numbers, strings, moments, UUIDs or None) and go into the statement as they
are; keyword arguments say which statement it is. The function looks at nothing else: no clock, no setting, no row.
"""

import datetime
import uuid
from copy import copy
from functools import update_wrapper

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.utils.translation import get_language

MOST = 2**31  # beyond it no value is compared, since Django knows better which columns hold it
MOMENT = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


class statement:
    """A function that returns a queryset, made into one that returns what the queryset holds."""

    def __init__(self, queryset_of):
        update_wrapper(self, queryset_of)
        self._queryset_of = queryset_of
        self._written = {}

    def __call__(self, *values, **kind):
        """Return the rows or objects for these values as a list."""
        if any(isinstance(value, int) and abs(value) >= MOST for value in values):
            return list(self._queryset_of(*values, **kind))
        # Which columns of a translated text are read depends on the language.
        key = (get_language(), *map(type, values), *kind.items())
        if key not in self._written:
            self._written[key] = Written(self._queryset_of, values, kind)
        return self._written[key].read(values)


def somebody(pk, *, is_staff=False):
    """Return a person of whom a statement knows the number only; None is a visitor."""
    return AnonymousUser() if pk is None else get_user_model()(pk=pk, is_staff=is_staff)


class Written:
    """The SQL of one queryset, and which of its parameters are which of the values."""

    def __init__(self, queryset_of, values, kind):
        marks, others = ([_mark(value, 2 * at + turn) for at, value in enumerate(values)] for turn in (0, 1))
        self.queryset = queryset_of(*marks, **kind)
        self.compiler, self.sql, params = _write(self.queryset)
        _compiler, _sql, other_params = _write(queryset_of(*others, **kind))
        self.converters = self.compiler.get_converters([column for column, *_ in self.compiler.select])
        marks = [_as_parameter(mark, self.compiler.connection) for mark in marks]
        # What differs between two sets of values is a value; what does not is part of the statement.
        self.params = [
            (None, param) if param == other else (marks.index(param), None)
            for param, other in zip(params, other_params, strict=True)
        ]

    def read(self, values):
        """Run it, and make of its rows what the queryset makes of them."""
        connection = connections[self.queryset.db]
        values = [_as_parameter(value, connection) for value in values]
        params = tuple(param if at is None else values[at] for at, param in self.params)
        compiler, query = copy(self.compiler), copy(self.queryset.query)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (self.sql, params)
        compiler.get_converters = lambda expressions: self.converters
        query.get_compiler = lambda *args, **kwargs: compiler
        queryset = object.__new__(type(self.queryset))
        queryset.__dict__ = self.queryset.__dict__ | {"_query": query}
        return list(queryset)


def _write(queryset):
    compiler = queryset.query.get_compiler(queryset.db)
    return compiler, *compiler.as_sql()


def _mark(value, number):
    """Return a value of the same kind that is found again among the parameters, and fits every column."""
    if isinstance(value, str):
        return f"V{number}"
    if isinstance(value, datetime.datetime):
        return MOMENT + datetime.timedelta(seconds=number)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=number + 1)
    return value if value is None else 20_000 + number


def _as_parameter(value, connection):
    if isinstance(value, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
