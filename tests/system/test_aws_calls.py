"""`homuhomu aws`: each operation as AWS has it, and what becomes of each way in which a call can fail."""

import json
import threading

import pytest

from tests.fakes import aws as fakes
from tests.system.aws import Client, client, engine, fake_aws  # noqa: F401 (fixtures)

KEY = {"user_id": {"S": "1"}}
ITEM = {"user_id": {"S": "1"}, "name": {"S": "ほむ"}, "n": {"N": "3"}, "b": {"B": "AAEC"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}}
ONE_OF_EACH = {
    ("dynamodb", "BatchGetItem"): {"RequestItems": {"t-1": {"Keys": [KEY]}}},
    ("dynamodb", "BatchWriteItem"): {"RequestItems": {"t-1": [{"PutRequest": {"Item": ITEM}}]}},
    ("dynamodb", "CreateTable"): {"TableName": "t-1", "BillingMode": "PAY_PER_REQUEST",
                                  "KeySchema": [{"AttributeName": "user_id", "KeyType": "HASH"}],
                                  "AttributeDefinitions": [{"AttributeName": "user_id", "AttributeType": "S"}]},
    ("dynamodb", "DeleteItem"): {"TableName": "t-1", "Key": KEY},
    ("dynamodb", "DeleteTable"): {"TableName": "t-1"},
    ("dynamodb", "DescribeTable"): {"TableName": "t-1"},
    ("dynamodb", "DescribeTimeToLive"): {"TableName": "t-1"},
    ("dynamodb", "GetItem"): {"TableName": "t-1", "Key": KEY, "ConsistentRead": True},
    ("dynamodb", "ListTables"): {},
    ("dynamodb", "PutItem"): {"TableName": "t-1", "Item": ITEM},
    ("dynamodb", "Query"): {"TableName": "t-1", "KeyConditionExpression": "user_id = :u", "ExpressionAttributeValues": {":u": {"S": "1"}}},
    ("dynamodb", "Scan"): {"TableName": "t-1"},
    ("dynamodb", "TransactGetItems"): {"TransactItems": [{"Get": {"TableName": "t-1", "Key": KEY}}]},
    ("dynamodb", "TransactWriteItems"): {"ClientRequestToken": "1-1", "TransactItems": [{"Put": {"TableName": "t-1", "Item": ITEM}}]},
    ("dynamodb", "UpdateItem"): {"TableName": "t-1", "Key": KEY, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"N": "1"}}},
    ("dynamodb", "UpdateTable"): {"TableName": "t-1", "BillingMode": "PAY_PER_REQUEST"},
    ("dynamodb", "UpdateTimeToLive"): {"TableName": "t-1", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires_at"}},
    ("secretsmanager", "DescribeSecret"): {"SecretId": "homuhomu/discord"},
    ("secretsmanager", "GetSecretValue"): {"SecretId": "homuhomu/discord"},
    ("ssm", "GetParameter"): {"Name": "/homuhomu/token", "WithDecryption": True},
    ("sts", "AssumeRole"): {"RoleArn": "arn:aws:iam::123456789012:role/other", "RoleSessionName": "me & you=1"},
    ("sts", "AssumeRoleWithWebIdentity"): {"RoleArn": "arn:aws:iam::123456789012:role/other", "RoleSessionName": "me",
                                           "WebIdentityToken": "jwt-of-file"},
    ("sts", "GetCallerIdentity"): {},
}
WRITE = {"TableName": "t-1", "Item": ITEM}
GET = {"TableName": "t-1", "Key": KEY}


def test_each_operation_goes_out_as_botocore_has_it(client, fake_aws):
    """Content type, target, version, form, shape and signature are the fake's to refuse."""
    for (service, operation), given in ONE_OF_EACH.items():
        if service != "sts":
            fake_aws.answers[operation] = lambda given: {"heard": "はい", "n": 1}
        # AssumeRoleWithWebIdentity is for who has no credentials; signed it is refused by nobody but this fake.
        if operation != "AssumeRoleWithWebIdentity":
            done = client(service, operation, given)
            assert done.code == 0, (operation, done)
            assert fake_aws.requests[-1].operation == operation and fake_aws.requests[-1].input == given
            assert service == "sts" or done.json == {"heard": "はい", "n": 1}
    assert not fake_aws.refused


def test_no_operation_is_forgotten_here(cli):
    """The names of the table are told by its own near misses."""
    for service, operation in ONE_OF_EACH:
        done = cli("aws", service, operation + "x", env={"AWS_REGION": "us-east-1"})
        assert done.code == 2 and f"did you mean {operation}?" in done.err


def test_answers_in_xml_are_printed_as_json(client):
    done = client("sts", "getcalleridentity")
    assert done.json == {"UserId": "AKIDEXAMPLE", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/user"}


def test_pages_are_asked_for_until_the_last(client, fake_aws):
    pages = {None: {"TableNames": ["a"], "LastEvaluatedTableName": "a 🎲"}, "a 🎲": {"TableNames": ["b"], "LastEvaluatedTableName": "bbb"},
             "bbb": {"TableNames": ["c"]}}
    fake_aws.answers["ListTables"] = lambda given: pages[given.get("ExclusiveStartTableName")]
    done = client("dynamodb", "ListTables", {"Limit": 1}, ["--all"])
    assert [page["TableNames"] for page in done.lines] == [["a"], ["b"], ["c"]]
    assert [r.input["Limit"] for r in fake_aws.requests] == [1, 1, 1]
    assert len(client("dynamodb", "ListTables").lines) == 1
    assert client("dynamodb", "GetItem", GET, ["--all"]).code == 2


def test_a_table_of_the_engine_is_made_written_read_and_dropped(client, fake_aws):
    with engine() as place:
        fake_aws.upstream = place
        def ask(operation, **given):
            done = client("dynamodb", operation, {"TableName": "t-1", **given} if operation not in ("TransactWriteItems", "BatchGetItem") else given)
            return done.json if done.code == 0 else done
        ask("CreateTable", **{k: v for k, v in ONE_OF_EACH["dynamodb", "CreateTable"].items() if k != "TableName"})
        assert ask("DescribeTable")["Table"]["TableStatus"] == "ACTIVE"
        ask("UpdateTimeToLive", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"})
        assert ask("PutItem", Item=ITEM) == {}
        assert ask("GetItem", Key=KEY)["Item"] == ITEM
        refused = ask("PutItem", Item=ITEM, ConditionExpression="attribute_not_exists(user_id)")
        assert refused.code == 1 and "ConditionalCheckFailedException" in refused.err
        write = {"ClientRequestToken": "one", "TransactItems": [
            {"Put": {"TableName": "t-1", "Item": {"user_id": {"S": "2"}}, "ConditionExpression": "attribute_not_exists(user_id)"}}]}
        assert ask("TransactWriteItems", **write) == {} and ask("TransactWriteItems", **write) == {}
        refused = ask("TransactWriteItems", **{**write, "ClientRequestToken": "two"})
        assert refused.code == 1 and "TransactionCanceledException" in refused.err
        assert len(ask("BatchGetItem", RequestItems={"t-1": {"Keys": [KEY, {"user_id": {"S": "2"}}]}})["Responses"]["t-1"]) == 2
        assert ask("DeleteTable")["TableDescription"]["TableName"] == "t-1"


# ---- faults ----

def scripted(fake, *faults):
    fake.faults.extend(faults)
    fake.answers.update(GetItem=lambda given: {"Item": ITEM}, PutItem=lambda given: {}, TransactWriteItems=lambda given: {})


@pytest.mark.parametrize("fault", [
    fakes.status(500), fakes.status(503, "<html>"), fakes.refuse("InternalServerError", http_status=500),
    fakes.refuse("ThrottlingException"), fakes.refuse("ProvisionedThroughputExceededException"), fakes.status(429),
    fakes.refuse("ExpiredTokenException"), fakes.reset, fakes.reset_within, fakes.truncated],
    ids=["500", "503", "internal", "throttled", "capacity", "429", "expired", "reset", "reset-within", "truncated"])
def test_a_read_is_tried_again(client, fake_aws, fault):
    scripted(fake_aws, fault)
    assert client("dynamodb", "GetItem", GET).json == {"Item": ITEM}
    assert fake_aws.operations() == ["GetItem", "GetItem"]


@pytest.mark.parametrize("fault, again", [
    (fakes.status(500), False), (fakes.reset, False), (fakes.reset_within, False), (fakes.truncated, False),
    (fakes.refuse("ThrottlingException"), True), (fakes.refuse("ExpiredTokenException"), True)],
    ids=["500", "reset", "reset-within", "truncated", "throttled", "expired"])
def test_a_write_is_tried_again_only_if_it_was_not_carried_out(client, fake_aws, fault, again):
    scripted(fake_aws, fault)
    done = client("dynamodb", "PutItem", WRITE)
    assert (done.code == 0) == again and len(fake_aws.requests) == 1 + again
    if not again:
        assert done.code == 1 and done.err.startswith("homuhomu aws: dynamodb PutItem: ")


@pytest.mark.parametrize("token", [True, False])
def test_a_transaction_is_tried_again_only_with_its_token(client, fake_aws, token):
    scripted(fake_aws, fakes.reset, fakes.status(500))
    given = dict(ONE_OF_EACH["dynamodb", "TransactWriteItems"])
    if not token:
        del given["ClientRequestToken"]
    assert (client("dynamodb", "TransactWriteItems", given).code == 0) == token
    assert len(fake_aws.requests) == (3 if token else 1)


def test_a_transaction_whose_answer_was_lost_is_done_once(client, fake_aws):
    with engine() as place:
        fake_aws.upstream = place
        client("dynamodb", "CreateTable", ONE_OF_EACH["dynamodb", "CreateTable"])
        fake_aws.faults.append(fakes.done_but_lost)
        given = {"ClientRequestToken": "x-1", "TransactItems": [
            {"Update": {"TableName": "t-1", "Key": KEY, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}}]}
        assert client("dynamodb", "TransactWriteItems", given).code == 0
        assert fake_aws.operations().count("TransactWriteItems") == 2
        assert client("dynamodb", "GetItem", GET).json["Item"]["n"] == {"N": "1"}


def test_it_gives_up_after_five_attempts_or_as_many_as_are_wanted(client, fake_aws):
    scripted(fake_aws, *[fakes.status(500)] * 20)
    done = client("dynamodb", "GetItem", GET)
    assert done.code == 1 and "after 5 attempts: dynamodb GetItem: 500" in done.err and len(fake_aws.requests) == 5
    assert client("dynamodb", "GetItem", GET, AWS_MAX_ATTEMPTS="2").code == 1 and len(fake_aws.requests) == 7


def test_it_waits_as_long_as_it_is_asked_to(client, fake_aws):
    scripted(fake_aws, fakes.refuse("ThrottlingException", Retry_After="1"))
    assert client("dynamodb", "GetItem", GET).code == 0
    first, second = (r.time for r in fake_aws.requests)
    assert second - first >= 0.99


@pytest.mark.parametrize("offset", [600, -600], ids=["+10min", "-10min"])
@pytest.mark.parametrize("service, operation, given", [("dynamodb", "PutItem", WRITE), ("sts", "GetCallerIdentity", {})], ids=["json", "xml"])
def test_a_wrong_clock_is_corrected_once(client, fake_aws, offset, service, operation, given):
    scripted(fake_aws)
    fake_aws.clock_offset_s = offset
    assert client(service, operation, given).code == 0
    assert [r.code for r in fake_aws.refused] == ["InvalidSignatureException"] and len(fake_aws.requests) == 1


def test_a_wrong_clock_costs_one_attempt_for_all_pages(client, fake_aws):
    fake_aws.clock_offset_s = 600
    fake_aws.answers["ListTables"] = lambda given: {"TableNames": [], **({"LastEvaluatedTableName": "x" * 3} if not given else {})}
    assert len(client("dynamodb", "ListTables", {}, ["--all"]).lines) == 2
    assert len(fake_aws.refused) == 1


def test_a_wrong_secret_is_told_without_telling_it(client, fake_aws):
    done = client("dynamodb", "GetItem", GET, AWS_SECRET_ACCESS_KEY="another-secret")
    assert done.code == 1 and len(fake_aws.refused) == 1
    assert "dynamodb GetItem: 400 InvalidSignatureException: The request signature we calculated" in done.err
    assert "AWS_SECRET_ACCESS_KEY" in done.err and "(request id-2)" in done.err and "another-secret" not in done.err


def test_an_unknown_key_and_a_missing_right_are_told(client, fake_aws):
    done = client("sts", "GetCallerIdentity", AWS_ACCESS_KEY_ID="AKIDUNKNOWN")
    assert done.code == 1 and "sts GetCallerIdentity: 403 InvalidClientTokenId" in done.err and "check the access key" in done.err
    scripted(fake_aws, fakes.refuse("AccessDeniedException", "User: arn:… is not authorized to perform: dynamodb:GetItem"))
    done = client("dynamodb", "GetItem", GET)
    assert done.code == 1 and "not authorized to perform: dynamodb:GetItem" in done.err and "sts GetCallerIdentity" in done.err


def test_a_session_that_has_ended_is_told_after_one_more_try(client, fake_aws):
    session = fake_aws.new_session("me", -10)
    done = client("dynamodb", "GetItem", GET, AWS_ACCESS_KEY_ID=session.key, AWS_SECRET_ACCESS_KEY=session.secret,
                  AWS_SESSION_TOKEN=session.token)
    assert done.code == 1 and "ExpiredTokenException" in done.err and "sign in again" in done.err
    assert [r.code for r in fake_aws.refused] == ["ExpiredTokenException"] * 2


def test_an_answer_of_5_mb_is_refused_and_one_of_3_mb_is_taken(client, fake_aws):
    scripted(fake_aws, fakes.big(5 << 20))
    done = client("dynamodb", "GetItem", GET)
    assert done.code == 1 and "more than the 4194304 bytes that are taken" in done.err and len(fake_aws.requests) == 1
    scripted(fake_aws, fakes.big(3 << 20))
    assert len(client("dynamodb", "GetItem", GET).json["x"]) == 3 << 20


def test_nobody_is_waited_for_for_ever(client, fake_aws):
    release = threading.Event()
    scripted(fake_aws, fakes.silent(release))
    done = client("dynamodb", "PutItem", WRITE)
    release.set()
    assert done.code == 1 and "did not answer in time" in done.err


@pytest.mark.parametrize("given, words", [
    ("{", "line 1"), ("[]", "has to be a JSON object"), ('{"a":1', "line 1")])
def test_input_that_is_none_is_refused_before_anything_is_sent(cli, fake_aws, given, words):
    done = Client(cli, fake_aws).cli("aws", "dynamodb", "GetItem", given, env=Client(cli, fake_aws).env)
    assert done.code == 1 and words in done.err and not fake_aws.requests


def test_input_comes_from_stdin_too(cli, fake_aws):
    scripted(fake_aws)
    assert cli("aws", "dynamodb", "GetItem", "-", env=Client(cli, fake_aws).env, stdin=json.dumps(GET).encode()).code == 0
    assert fake_aws.requests[0].input == GET


@pytest.mark.parametrize("env, words", [
    ({"AWS_REGION": ""}, "AWS_REGION=ap-northeast-1"), ({"AWS_REGION": "Tokyo"}, "AWS_REGION is no region"),
    ({"AWS_ENDPOINT_URL": "http://example.com"}, "AWS_ENDPOINT_URL: "), ({"AWS_ENDPOINT_URL_DYNAMODB": "ftp://x"}, "AWS_ENDPOINT_URL_DYNAMODB: "),
    ({"AWS_MAX_ATTEMPTS": "0"}, "AWS_MAX_ATTEMPTS"), ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not")])
def test_a_setting_that_is_wrong_is_named(client, env, words):
    done = client("dynamodb", "GetItem", GET, **env)
    assert done.code == 2 and words in done.err


def test_a_service_may_have_an_endpoint_of_its_own(client, fake_aws):
    scripted(fake_aws)
    assert client("dynamodb", "GetItem", GET, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ENDPOINT_URL_DYNAMODB=fake_aws.url + "/").code == 0
