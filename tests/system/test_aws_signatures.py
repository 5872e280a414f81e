"""botocore as the oracle of signatures: the unit test's program signs requests that were made afresh."""

import os
import re
import subprocess

import pytest

from tests.oracles import sigv4
from tests.system import program
from tests.system.aws import need

COUNT = 5000


@pytest.mark.parametrize("flavour", ["native", "musl"])
def test_requests_of_every_shape_are_signed_as_botocore_signs_them(tmp_path, flavour):
    signer = program.ROOT / "build" / flavour / "tests" / "unit" / "aws" / "sigv4_test"
    need(signer.exists(), f"{signer.name} is not built for {flavour} (make unit)")
    cases = tmp_path / "cases.jsonl"
    seed = os.urandom(8).hex()
    cases.write_text(sigv4.lines(COUNT, seed), encoding="utf-8")
    done = subprocess.run([signer], cwd=program.ROOT, env={**os.environ, "SIGV4_CASES": str(cases)}, capture_output=True,
                          timeout=100, check=False)
    out = done.stdout.decode()
    assert done.returncode == 0, f"seed {seed}: {out[-3000:]}"
    assert re.search(rf"^signed {COUNT} requests as botocore does$", out, re.M), out[-500:]
