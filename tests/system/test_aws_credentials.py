"""Where credentials come from, in which order, and what is said when there are none."""

import time

import pytest

from tests.system.aws import Client, client, fake_aws  # noqa: F401 (fixtures)

ROLE = "arn:aws:iam::123456789012:role/"


@pytest.fixture
def bare(cli, fake_aws, tmp_path):  # noqa: F811
    """A client without any credentials; write(config, credentials) makes the shared files."""
    one = Client(cli, fake_aws)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del one.env[name]

    def write(config="", credentials=""):
        (tmp_path / ".aws").mkdir(exist_ok=True)
        (tmp_path / ".aws" / "config").write_text(config, encoding="utf-8")
        (tmp_path / ".aws" / "credentials").write_text(credentials, encoding="utf-8")
    one.write = write
    return one


def who(one, **env):
    done = one("sts", "GetCallerIdentity", **env)
    assert done.code == 0, done
    return done.json["Arn"].rpartition("/")[2]


def keys(identity, prefix="aws_"):
    lines = [f"{prefix}access_key_id = {identity.key}", f"{prefix}secret_access_key = {identity.secret}"]
    return "\n".join(lines + ([f"{prefix}session_token = {identity.token}"] if identity.token else [])) + "\n"


def in_environment(identity):
    found = {"AWS_ACCESS_KEY_ID": identity.key, "AWS_SECRET_ACCESS_KEY": identity.secret}
    return {**found, "AWS_SESSION_TOKEN": identity.token} if identity.token else found


def container(fake, **more):
    return {"AWS_CONTAINER_CREDENTIALS_FULL_URI": fake.url + "/credentials", **more}


def github(fake, role="deploy"):
    return {"ACTIONS_ID_TOKEN_REQUEST_URL": fake.url + "/github?api-version=2.0", "AWS_ROLE_ARN": ROLE + role,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": fake.github_token}


def test_the_first_source_of_the_order_is_taken(bare, fake_aws, tmp_path):
    """Environment, token file, GitHub, shared files, container, instance: each in turn is taken away."""
    fake_aws.instance_role = "the role"
    session = fake_aws.new_session("environment")
    bare.write(credentials="[default]\n" + keys(fake_aws.new_session("files")))
    (tmp_path / "jwt").write_text("jwt-of-file\n")
    env = {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake_aws.url, **container(fake_aws), **github(fake_aws),
           "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "jwt"), **in_environment(session)}
    assert who(bare, **env) == "environment"
    for name in in_environment(session):
        del env[name]
    assert who(bare, **env) == "deploy" and fake_aws.requests[-2].input["WebIdentityToken"] == "jwt-of-file"
    del env["AWS_WEB_IDENTITY_TOKEN_FILE"]
    assert who(bare, **env) == "deploy" and fake_aws.requests[-2].input["WebIdentityToken"] == "jwt-of-github"
    del env["ACTIONS_ID_TOKEN_REQUEST_URL"]
    assert who(bare, **env) == "files"
    bare.write()
    assert who(bare, **env) == "task"
    del env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    assert who(bare, **env) == "instance"
    env["AWS_EC2_METADATA_DISABLED"] = "true"
    done = bare("sts", "GetCallerIdentity", **env)
    assert done.code == 2 and "there are no AWS credentials: set AWS_ACCESS_KEY_ID" in done.err


def test_roles_are_assumed_one_after_the_other(bare, fake_aws):
    base = fake_aws.new_session("base")
    bare.write(config=f"""
# the way to it
[profile last]
role_arn = {ROLE}third
source_profile = middle
role_session_name = it is me
external_id = 42
duration_seconds = 900
[profile middle]
role_arn={ROLE}second
source_profile=first
[profile first]
region = eu-central-1
""", credentials="[first]\n" + keys(base))
    assert who(bare, AWS_PROFILE="last") == "third"
    second, third, call = fake_aws.requests
    assert (second.identity.name, third.identity.name, call.identity.name) == ("base", "second", "third")
    assert third.input == {"RoleArn": ROLE + "third", "RoleSessionName": "it is me", "ExternalId": "42", "DurationSeconds": 900}
    assert second.input["RoleSessionName"] == "homuhomu"


def test_a_role_may_have_the_container_or_a_token_file_as_its_source(bare, fake_aws, tmp_path):
    (tmp_path / "jwt").write_text("jwt-of-file")
    bare.write(config=f"[profile a]\nrole_arn = {ROLE}a\ncredential_source = EcsContainer\n"
                      f"[profile b]\nrole_arn = {ROLE}b\nweb_identity_token_file = {tmp_path}/jwt\n"
                      f"[profile c]\nrole_arn = {ROLE}c\nsource_profile = c\n" + keys(fake_aws.identities["AKIDEXAMPLE"]))
    assert who(bare, AWS_PROFILE="a", **container(fake_aws)) == "a"
    assert who(bare, AWS_PROFILE="b") == "b"
    assert who(bare, AWS_PROFILE="c") == "c"


def test_region_and_endpoint_may_stand_in_the_profile(bare, fake_aws):
    fake_aws.answers["ListTables"] = lambda given: {"TableNames": []}
    bare.write(config=f"[default]\nregion = eu-west-1\nservices = local\n[services local]\ndynamodb =\n  endpoint_url = {fake_aws.url}\n",
               credentials="[default]\n" + keys(fake_aws.identities["AKIDEXAMPLE"]))
    done = bare("dynamodb", "ListTables", AWS_REGION=None, AWS_ENDPOINT_URL=None)
    assert done.code == 0 and "/eu-west-1/dynamodb/" in fake_aws.requests[0].headers["Authorization"]


@pytest.mark.parametrize("config, env, words", [
    ("[default]\ncredential_process = /bin/keys\n", {}, "this program starts no other programs"),
    ("[default]\nsso_session = x\n", {}, "export-credentials --profile default"),
    (f"[default]\nrole_arn = {ROLE}x\n", {}, "no source_profile"),
    (f"[default]\nrole_arn = {ROLE}x\nsource_profile = b\n[profile b]\nrole_arn = {ROLE}y\nsource_profile = default\n", {}, "in a circle"),
    (f"[default]\nrole_arn = {ROLE}x\nmfa_serial = y\nsource_profile = default\naws_access_key_id = a\naws_secret_access_key = b\n", {}, "second factor"),
    ("", {"AWS_PROFILE": "nobody"}, "AWS_PROFILE is nobody"),
    ("[default]\nregion\n", {}, "/.aws/config, line 2: NAME = VALUE is wanted"),
    ("", {"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"}, "without AWS_ROLE_ARN"),
    ("", {"AWS_CONFIG_FILE": "/nowhere"}, "/nowhere: No such file"),
    ("", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/x"}, "AWS_CONTAINER_CREDENTIALS_FULL_URI: "),
    ("[default]\naws_access_key_id = a\n", {}, "give both")])
def test_what_is_set_up_wrongly_is_named(bare, config, env, words):
    bare.write(config=config)
    done = bare("sts", "GetCallerIdentity", **env)
    assert done.code == 2 and words in done.err, done


def test_the_container_wants_its_token_from_the_environment_or_a_file(bare, fake_aws, tmp_path):
    fake_aws.container_token = "Basic abc"
    (tmp_path / "token").write_text("Basic abc\n")
    assert who(bare, **container(fake_aws, AWS_CONTAINER_AUTHORIZATION_TOKEN="Basic abc")) == "task"
    assert who(bare, **container(fake_aws, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"))) == "task"
    done = bare("sts", "GetCallerIdentity", **container(fake_aws, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong"))
    assert done.code == 1 and "credentials from the container's endpoint: it answered 403" in done.err


def test_an_instance_without_a_role_is_told(bare, fake_aws):
    env = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": fake_aws.url}
    done = bare("sts", "GetCallerIdentity", **env)
    assert done.code == 1 and "attach an instance profile" in done.err


def test_a_token_that_github_or_sts_refuses_is_told(bare, fake_aws, tmp_path):
    done = bare("sts", "GetCallerIdentity", **{**github(fake_aws), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"})
    assert done.code == 1 and "credentials from GitHub's OIDC endpoint: it answered 403" in done.err
    (tmp_path / "jwt").write_text("forged")
    done = bare("sts", "GetCallerIdentity", AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "jwt"), AWS_ROLE_ARN=ROLE + "x")
    assert done.code == 1 and "sts AssumeRoleWithWebIdentity: 403 InvalidIdentityToken" in done.err


def test_a_wrong_clock_does_not_keep_a_role_from_being_assumed(bare, fake_aws):
    fake_aws.clock_offset_s = -600
    bare.write(config=f"[default]\nrole_arn = {ROLE}x\nsource_profile = default\n" + keys(fake_aws.identities["AKIDEXAMPLE"]))
    assert who(bare) == "x" and len(fake_aws.refused) == 1


def test_credentials_are_refreshed_before_they_end_and_asked_for_once(bare, fake_aws):
    """A session of 4 s, and pages for longer than that: nothing is refused, and sessions are few."""
    fake_aws.session_s = 4
    until = time.monotonic() + 6
    count = 0

    def page(given):
        nonlocal count
        count += 1
        time.sleep(0.05)
        return {"TableNames": [], **({"LastEvaluatedTableName": f"t-{count}"} if time.monotonic() < until else {})}
    fake_aws.answers["ListTables"] = page
    done = bare("dynamodb", "ListTables", {}, ["--all"], **container(fake_aws))
    assert done.code == 0 and len(done.lines) == count and not fake_aws.refused
    assert 3 <= fake_aws.sessions <= 6
    gaps = [b.time - a.time for a, b in zip(fake_aws.requests, fake_aws.requests[1:])]
    assert max(gaps) < 0.5


def test_a_session_that_ends_early_is_replaced(bare, fake_aws):
    sessions = []

    def give():
        sessions.append(fake_aws.new_session("task"))
        return sessions[-1]
    fake_aws.container = give

    def page(given):
        if len(sessions) == 1:
            sessions[0].ends = 0
        return {"TableNames": [], **({"LastEvaluatedTableName": "t-1"} if not given else {})}
    fake_aws.answers["ListTables"] = page
    assert len(bare("dynamodb", "ListTables", {}, ["--all"], **container(fake_aws)).lines) == 2
    assert len(sessions) == 2 and [r.code for r in fake_aws.refused] == ["ExpiredTokenException"]


def test_the_names_may_stand_in_homuhomu_env(bare, fake_aws, tmp_path):
    identity = fake_aws.new_session("of the file")
    (tmp_path / "homuhomu.env").write_text("".join(f"{k}={v}\n" for k, v in in_environment(identity).items()))
    assert who(bare) == "of the file"
    assert who(bare, **in_environment(fake_aws.new_session("of the environment"))) == "of the environment"
