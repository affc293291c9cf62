"""A bucket as the store of files: of Amazon, or of any server that speaks S3."""

# Seconds. Somebody waits for the answer, and their text with them: a worker that takes 30 is killed.
CONNECTING, ANSWERING, TRIES = 2, 4, 2


def bucket(name, *, endpoint="", region="", access_key="", secret_key=""):
    """Return the entry of STORAGES that keeps files in a bucket; needs the extra `s3`."""
    from botocore.config import Config

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "default_acl": "private",
            # Names are made up, so there is nothing to overwrite and nothing to ask before.
            "file_overwrite": True,
            "max_memory_size": 1024 * 1024,
            "client_config": Config(
                connect_timeout=CONNECTING, read_timeout=ANSWERING, retries={"total_max_attempts": TRIES}
            ),
        },
    }
