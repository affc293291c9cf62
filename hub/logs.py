"""Log lines as JSON: one object a line, times in UTC, without passwords or the text of comments."""

import json
import logging
from datetime import UTC, datetime

# What a caller may add with `extra=`.
EXTRA = (
    "request_id",
    "user",
    "method",
    "path",
    "status",
    "ip",
    "action",
    "comment",
    "person",
    "mail",
    "kind",
    "template",
    "reason",
)


class JSONFormatter(logging.Formatter):
    """Write a record as one line of JSON."""

    def format(self, record):
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in EXTRA if hasattr(record, key)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
