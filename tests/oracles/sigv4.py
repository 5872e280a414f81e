"""Requests of every shape, signed by botocore: what src/aws/sigv4.c has to sign alike.

    python -m tests.oracles.sigv4 COUNT SEED >cases.jsonl
"""

import datetime
import json
import random
import re
import sys
import unittest.mock
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGIONS = ["us-east-1", "ap-northeast-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]
SERVICES = ["dynamodb", "sts", "ssm", "secretsmanager", "ecs", "logs", "iam", "route53", "s3"]
LETTERS = "abcxyzABCXYZ0189-._~ !*'()+/=&;:,@$%[]#?\"<>\\^`{|}\tあ漢🎲é"


def text(rng, longest, letters=LETTERS):
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, longest)))


def wire_path(rng, s3):
    segments = [quote(text(rng, 8), safe="-._~") for _ in range(rng.randint(0, 4))]
    # An empty or dotted segment is resolved everywhere but in S3; where it is sent as it stands it is one more name.
    for at, segment in enumerate(segments):
        if not s3 and rng.random() < 0.2:
            segments[at] = rng.choice([".", "..", "", segment])
    return "/" + "/".join(segments) + rng.choice(["", "", "/"] if segments else [""])


def wire_query(rng, by_query):
    pairs = []
    for number in range(rng.choice([0, 0, 1, 2, 5, 12])):
        # botocore drops all but one of a name when it signs a query.
        name = quote(text(rng, 6) or "n", safe="-._~") + (str(number) if by_query else "")
        pairs.append(rng.choice([f"{name}={quote(text(rng, 10), safe='-._~')}", f"{name}="]))
    return "&".join(pairs)


def headers(rng, host):
    found = {"Host": host}
    for name in rng.sample(["Content-Type", "X-Amz-Target", "x-amz-meta-A", "X-aMz-meta-b", "Accept", "Range", "If-Match"],
                           rng.randint(0, 5)):
        found[name] = re.sub(r"[\t]", " ", text(rng, 20, LETTERS[:60])).strip() or "x"
    return found


def make(rng):
    s3 = rng.random() < 0.3
    by_query = rng.random() < 0.3
    service = "s3" if s3 else rng.choice(SERVICES[:-1])
    region = rng.choice(REGIONS)
    host = f"{service}.{region}.amazonaws.com" + rng.choice(["", ":8443"])
    when = datetime.datetime(2015, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=rng.randint(0, 10**9))
    case = {
        "method": "GET" if by_query else rng.choice(["GET", "POST", "PUT", "DELETE"]),
        "path": wire_path(rng, s3), "query": wire_query(rng, by_query), "headers": headers(rng, host),
        "body": "" if by_query else text(rng, 200), "region": region, "service": service, "s3": s3,
        "access": "AKIA" + text(rng, 16, "ABCDEFGHIJKLMNOP234567"),
        "secret": "s" + text(rng, 60, "abcXYZ019+/"), "token": rng.choice(["", "t" + text(rng, 300, "abcXYZ019+/=")]),
        "time": int(when.timestamp()), "unsigned": by_query and s3 or rng.random() < 0.1,
        "expires": rng.randint(1, 604800) if by_query else 0}
    if by_query:
        case["headers"].pop("Content-Type", None)
        case["unsigned"] = s3
    case.update(sign(case, when))
    return case


def sign(case, when):
    """What botocore makes of it: the signature and the names of the signed headers."""
    credentials = Credentials(case["access"], case["secret"], case["token"] or None)
    url = f"https://{case['headers']['Host']}{case['path']}" + (f"?{case['query']}" if case["query"] else "")
    request = AWSRequest(case["method"], url, dict(case["headers"]), case["body"].encode())
    request.context["payload_signing_enabled"] = not case["unsigned"]
    if case["s3"]:
        # Else botocore leaves the body of S3 unsigned by default.
        request.context["client_config"] = None
    auth = (botocore.auth.S3SigV4Auth if case["s3"] else botocore.auth.SigV4Auth)
    arguments = [credentials, case["service"], case["region"]]
    if case["expires"]:
        auth = botocore.auth.S3SigV4QueryAuth if case["s3"] else botocore.auth.SigV4QueryAuth
        arguments.append(case["expires"])
    signer = auth(*arguments)
    if case["s3"] and not case["expires"]:
        signer._should_sha256_sign_payload = lambda _: not case["unsigned"]
    with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=when.replace(tzinfo=None)):
        signer.add_auth(request)
    if case["expires"]:
        return {"signature": re.search(r"X-Amz-Signature=([0-9a-f]{64})", request.url)[1],
                "signed": re.search(r"X-Amz-SignedHeaders=([^&]*)", request.url)[1].replace("%3B", ";")}
    found = re.search(r"SignedHeaders=([^,]*), Signature=([0-9a-f]{64})", request.headers["Authorization"])
    return {"signature": found[2], "signed": found[1]}


def lines(count, seed):
    rng = random.Random(seed)
    return "".join(json.dumps(make(rng), ensure_ascii=False) + "\n" for _ in range(count))


if __name__ == "__main__":
    sys.stdout.write(lines(int(sys.argv[1]), sys.argv[2]))
