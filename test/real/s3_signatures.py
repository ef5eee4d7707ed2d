"""Signs requests as Amazon's own SDK does: JSON lines in, the signature of each out. `python s3_signatures.py`."""

import datetime
import json
import re
import sys

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(case):
    now = datetime.datetime.fromtimestamp(case["at"] / 1000, datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now.replace(tzinfo=None) if remove_tzinfo else now
    credentials = Credentials(case["accessKey"], case["secretKey"], case.get("sessionToken"))
    request = AWSRequest(
        method=case["method"], url=case["url"], headers=case.get("headers", {}), data=case.get("body", "").encode()
    )
    if "seconds" in case:
        S3SigV4QueryAuth(credentials, "s3", case["region"], expires=case["seconds"]).add_auth(request)
        return re.search(r"X-Amz-Signature=(\w+)", request.url)[1]
    S3SigV4Auth(credentials, "s3", case["region"]).add_auth(request)
    return re.search(r"Signature=(\w+)", request.headers["Authorization"])[1]


for line in sys.stdin:
    print(sign(json.loads(line)))
