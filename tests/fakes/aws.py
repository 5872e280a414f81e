"""AWS as far as the program asks it: every signature is recomputed with botocore, every input is checked against botocore's
model of the service, and faults come when a test wants them. What is right is scripted by the test, or passed on to an engine.

Stricter than AWS in nothing; laxer in that it has no policies and that the answers are the test's own.
"""

import collections
import datetime
import email.utils
import http.client
import http.server
import json
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.loaders
import botocore.model
import botocore.validate

SKEW_S = 300
TARGETS = {"DynamoDB_20120810": "dynamodb", "secretsmanager": "secretsmanager", "AmazonSSM": "ssm"}


class Identity:
    """One access key with its secret; `ends` is Unix time or None."""

    def __init__(self, key="AKIDEXAMPLE", secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token=None, ends=None, name="user"):
        self.key, self.secret, self.token, self.ends, self.name = key, secret, token, ends, name


class Refusal(Exception):
    def __init__(self, code, message, status=400):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


Request = collections.namedtuple("Request", "service operation input headers body time identity")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that has gone is no fault of this side."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FakeAws:
    """serve() on a port of loopback; `url` is its AWS_ENDPOINT_URL and the base of the credential endpoints."""

    def __init__(self, upstream=None):
        self.identities = {}
        self.add(Identity())
        self.upstream = upstream          # (host, port) of a DynamoDB engine
        self.clock_offset_s = 0           # this side's clock minus the real one
        self.answers = {}                 # operation: function of the input to a dict (or raises Refusal)
        self.faults = collections.deque() # one for each request to a service that is signed well; None: none
        self.requests, self.refused, self.other = [], [], []
        self.violations = []              # what no request of ours may do
        self.container_token = None       # Authorization of the container's endpoint
        self.container = None             # function: what it answers
        self.instance_role = None         # of IMDS; None: there is none
        self.github_token = "github-request-token"
        self.jwts = {"jwt-of-github": "github", "jwt-of-file": "file"}
        self.session_s = 3600
        self.sessions = 0
        self.lock = threading.RLock()
        self.loader = botocore.loaders.Loader()
        self.models = {}
        handler = type("Handler", (Handler,), {"fake": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def now(self):
        return time.time() + self.clock_offset_s

    def add(self, identity):
        self.identities[identity.key] = identity
        return identity

    def new_session(self, name, life_s=None):
        """Temporary credentials."""
        with self.lock:
            self.sessions += 1
            n = self.sessions
        life = self.session_s if life_s is None else life_s
        return self.add(Identity(f"ASIA{n:012d}", f"secret/of/session+{n}", f"token-of-session-{n}//==", self.now() + life, name))

    def operations(self):
        return [r.operation for r in self.requests]

    # ---- what is checked ----

    def model(self, service):
        with self.lock:
            if service not in self.models:
                self.models[service] = botocore.model.ServiceModel(self.loader.load_service_model(service, "service-2"), service)
            return self.models[service]

    def check_signature(self, method, path, headers, body):
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
                             r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", headers.get("Authorization", ""))
        if not found:
            raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        key, day, region, service, names, signature = found.groups()
        stamp = headers.get("X-Amz-Date", "")
        when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if not stamp.startswith(day):
            self.violations.append("the scope's date is not that of X-Amz-Date")
        identity = self.identities.get(key)
        if identity is None:
            raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        if identity.token != headers.get("X-Amz-Security-Token"):
            raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        if abs(when.timestamp() - self.now()) > SKEW_S:
            raise Refusal("InvalidSignatureException", f"Signature expired: {stamp} is now earlier than the allowed time\n"
                                                       f"x-amz-security-token:{identity.token}")
        request = botocore.awsrequest.AWSRequest(method, f"http://{headers['Host']}{path}",
                                                 {n: headers[n] for n in names.split(";")}, body)
        for name in ("X-Amz-Date", "X-Amz-Security-Token"):
            if name in request.headers:
                del request.headers[name]
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(identity.key, identity.secret, identity.token),
                                         service, region)
        request.context["timestamp"] = stamp
        want = self.sign_again(signer, request, when)
        if want != signature:
            raise Refusal("InvalidSignatureException", "The request signature we calculated does not match the signature you "
                          f"provided.\nThe Canonical String was x-amz-security-token:{identity.token} {identity.secret}")
        if identity.ends is not None and identity.ends <= self.now():
            raise Refusal("ExpiredTokenException", "The security token included in the request is expired")
        return identity, service, region

    @staticmethod
    def sign_again(signer, request, when):
        request.context["timestamp"] = when.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        if signer.credentials.token:
            request.headers["X-Amz-Security-Token"] = signer.credentials.token
        canonical = signer.canonical_request(request)
        return signer.signature(signer.string_to_sign(request, canonical), request)

    def check_json(self, service, headers, body):
        prefix, _, operation = headers["X-Amz-Target"].partition(".")
        if TARGETS.get(prefix) != service:
            self.violations.append(f"target {prefix} is signed for {service}")
        model = self.model(service)
        want = f"application/x-amz-json-{model.metadata['jsonVersion']}"
        if headers["Content-Type"] != want:
            self.violations.append(f"content type {headers['Content-Type']} is not {want}")
        given = json.loads(body)
        report = botocore.validate.ParamValidator().validate(given, model.operation_model(operation).input_shape)
        if report.has_errors():
            raise Refusal("ValidationException", report.generate_report().splitlines()[0])
        return operation, given

    def check_form(self, headers, body):
        if not headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
            self.violations.append("a form of another content type")
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        model = self.model("sts")
        if form.pop("Version", None) != model.metadata["apiVersion"]:
            self.violations.append("a wrong version")
        operation = form.pop("Action")
        shape = model.operation_model(operation).input_shape
        known = {name: int(value) if shape.members[name].type_name == "integer" else value
                 for name, value in form.items() if name in shape.members}
        if set(form) - set(known):
            self.violations.append(f"{operation} has no {set(form) - set(known)}")
        report = botocore.validate.ParamValidator().validate(known, shape)
        if report.has_errors():
            raise Refusal("ValidationError", report.generate_report().splitlines()[0])
        return operation, known

    # ---- what is answered ----

    def answer_sts(self, operation, given, identity):
        if operation == "GetCallerIdentity":
            return {"UserId": identity.key, "Account": "123456789012", "Arn": f"arn:aws:iam::123456789012:user/{identity.name}"}
        if operation == "AssumeRoleWithWebIdentity":
            if given["WebIdentityToken"] not in self.jwts:
                raise Refusal("InvalidIdentityToken", "The web identity token is none", 400)
        session = self.new_session(given["RoleArn"].rpartition("/")[2])
        return {"Credentials": {
            "AccessKeyId": session.key, "SecretAccessKey": session.secret, "SessionToken": session.token,
            "Expiration": datetime.datetime.fromtimestamp(session.ends, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}}

    def answer(self, service, operation, given, identity):
        if operation in self.answers:
            return self.answers[operation](given)
        if service == "sts":
            return self.answer_sts(operation, given, identity)
        raise Refusal("UnknownOperationException", f"no test answers {operation}")


def to_xml(value):
    if isinstance(value, dict):
        return "".join(f"<{k}>{to_xml(v)}</{k}>" for k, v in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{to_xml(v)}</member>" for v in value)
    return escape(str(value))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake = None

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.fake.now(), usegmt=True)

    def reply(self, status, body, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.wfile = open("/dev/null", "wb")

    # ---- credential endpoints ----

    def do_GET(self):
        fake, (path, _, query) = self.fake, self.path.partition("?")
        with fake.lock:
            fake.other.append((path, dict(self.headers)))
        if path == "/credentials":
            if self.headers.get("Authorization") != fake.container_token:
                return self.reply(403, "{}")
            return self.reply_keys(fake.container() if fake.container else fake.new_session("task"))
        if path == "/github":
            good = (self.headers.get("Authorization") == f"bearer {fake.github_token}" and
                    urllib.parse.parse_qs(query).get("audience") == ["sts.amazonaws.com"])
            return self.reply(200 if good else 403, json.dumps({"count": 1, "value": "jwt-of-github"}) if good else "{}")
        if path.startswith("/latest/meta-data/iam/security-credentials/"):
            if self.headers.get("X-aws-ec2-metadata-token") != "imds-token" or fake.instance_role is None:
                return self.reply(401 if fake.instance_role else 404, "")
            if path.endswith("/"):
                return self.reply(200, fake.instance_role, "text/plain")
            if path.endswith("/" + urllib.parse.quote(fake.instance_role)):
                return self.reply_keys(fake.new_session("instance"), Code="Success")
        return self.reply(404, "")

    def reply_keys(self, session, **more):
        ends = datetime.datetime.fromtimestamp(session.ends, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.reply(200, json.dumps({"AccessKeyId": session.key, "SecretAccessKey": session.secret, "Token": session.token,
                                    "Expiration": ends, **more}))

    def do_PUT(self):
        if self.path == "/latest/api/token" and self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") == "21600":
            return self.reply(200, "imds-token", "text/plain")
        return self.reply(400, "")

    # ---- services ----

    def do_POST(self):
        fake = self.fake
        body = self.rfile.read(int(self.headers["Content-Length"]))
        service = "sts" if "X-Amz-Target" not in self.headers else None
        try:
            identity = None
            if service is None or b"Action=AssumeRoleWithWebIdentity" not in body:
                identity, signed_for, _ = fake.check_signature("POST", self.path, self.headers, body)
                if service is not None and signed_for != "sts":
                    fake.violations.append(f"a form is signed for {signed_for}")
                service = signed_for
            elif "Authorization" in self.headers:
                fake.violations.append("web identity is signed")
            operation, given = (fake.check_form(self.headers, body) if service == "sts"
                                else fake.check_json(service, self.headers, body))
            with fake.lock:
                fake.requests.append(Request(service, operation, given, dict(self.headers), body, time.monotonic(), identity))
                fault = fake.faults.popleft() if fake.faults else None
            if fault is not None:
                fault = fault(self, service, operation, given)
                if fault is DONE:
                    return
            if service == "dynamodb" and fake.upstream and operation not in fake.answers:
                self.pass_on(body)
                return
            self.reply_answer(service, operation, fake.answer(service, operation, given, identity))
        except Refusal as refusal:
            with fake.lock:
                fake.refused.append(refusal)
            self.reply_refusal(service, refusal)

    def reply_answer(self, service, operation, answer):
        if service == "sts":
            text = (f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result>{to_xml(answer)}'
                    f"</{operation}Result><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></{operation}Response>")
            return self.reply(200, text, "text/xml", x_amzn_RequestId="id-1")
        return self.reply(200, json.dumps(answer, ensure_ascii=False), "application/x-amz-json-1.0", x_amzn_RequestId="id-1")

    def reply_refusal(self, service, refusal, **headers):
        if service == "sts":
            code = {"InvalidSignatureException": "SignatureDoesNotMatch", "ExpiredTokenException": "ExpiredToken",
                    "UnrecognizedClientException": "InvalidClientTokenId"}.get(refusal.code, refusal.code)
            text = (f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}'
                    f"</Code><Message>{escape(refusal.message)}</Message></Error><RequestId>id-2</RequestId></ErrorResponse>")
            return self.reply(refusal.status if refusal.status != 400 else 403, text, "text/xml", **headers)
        text = json.dumps({"__type": f"com.amazonaws.x#{refusal.code}", "message": refusal.message})
        return self.reply(refusal.status, text, "application/x-amz-json-1.0", x_amzn_RequestId="id-2", **headers)

    def pass_on(self, body):
        connection = http.client.HTTPConnection(*self.fake.upstream)
        connection.request("POST", "/", body, {k: v for k, v in self.headers.items() if k.lower() != "host"})
        answer = connection.getresponse()
        self.reply(answer.status, answer.read(), answer.headers["Content-Type"], x_amzn_RequestId="id-3")
        connection.close()


DONE = object()

# ---- faults; each answers in the place of the service, or lets it go on (None) ----


def status(code, body="oops", kind="text/html", **headers):
    def fault(handler, *_):
        handler.reply(code, body, kind, **headers)
        return DONE
    return fault


def refuse(code, message="because", http_status=400, **headers):
    def fault(handler, service, *_):
        handler.reply_refusal(service, Refusal(code, message, http_status), **headers)
        return DONE
    return fault


def reset(handler, *_):
    """The connection breaks before an answer."""
    handler.reset()
    return DONE


def reset_within(handler, *_):
    """… and in the middle of one."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"Item":')
    handler.wfile.flush()
    handler.reset()
    return DONE


def truncated(handler, *_):
    """An answer that says it is whole, and is not."""
    handler.reply(200, '{"Item":{"k":{"S":"a"', "application/x-amz-json-1.0")
    return DONE


def big(count):
    def fault(handler, *_):
        handler.reply(200, json.dumps({"x": "a" * count}), "application/x-amz-json-1.0")
        return DONE
    return fault


def silent(release):
    """No answer until the event is set."""
    def fault(*_):
        release.wait(30)
    return fault


def done_but_lost(handler, service, operation, given):
    """It is carried out, and the answer is lost."""
    fake = handler.fake
    if fake.upstream:
        connection = http.client.HTTPConnection(*fake.upstream)
        connection.request("POST", "/", json.dumps(given), {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "content-length")})
        connection.getresponse().read()
        connection.close()
    handler.reset()
    return DONE
