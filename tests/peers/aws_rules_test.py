# SPDX-License-Identifier: Apache-2.0
"""botocore (Debian: python3-botocore) and our signer and endpoints: the same answers.

Hundreds of random requests are signed by both at the same time of the same clock; a failing one
comes back with the seed that the test prints.
"""
import datetime
import json
import random
import subprocess
import unittest
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.session

import peers

REQUESTS = 500
REGIONS = ["us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2", "ca-central-1", "sa-east-1",
           "af-south-1", "me-south-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1",
           "us-gov-east-1", "us-iso-east-1", "us-isob-east-1"]
SERVICES = ["xray", "logs", "monitoring", "dynamodb", "sts"]
UNRESERVED = "ABCxyz0189-_.~"


def ours(what, cases):
    """One line of `signs` for each case."""
    run = subprocess.run([peers.BIN / "signs", what], text=True, capture_output=True, check=True,
                         input="".join(json.dumps(case) + "\n" for case in cases), timeout=60)
    return run.stdout.splitlines()


def random_case(chance):
    """A request as callers make them: paths and queries are percent-encoded once."""
    def text(alphabet, most, least=1):
        return "".join(chance.choice(alphabet) for _ in range(chance.randint(least, most)))

    def encoded(most):
        return "".join(chance.choice([text(UNRESERVED, 3), f"%{chance.randint(32, 255):02X}"])
                       for _ in range(chance.randint(1, most)))

    def canonical(most):
        """As AWS spells it: nothing encoded that need not be."""
        return "".join(chance.choice([text(UNRESERVED, 3), chance.choice(["%20", "%2F", "%E1%88%B4",
                                                                          "%3D", "%2B", "%25"])])
                       for _ in range(chance.randint(1, most)))

    host = chance.choice(["xray.eu-central-1.amazonaws.com", "127.0.0.1:8000", "localhost:443",
                          "Example.com"])
    url = f"{chance.choice(['http', 'https'])}://{host}/"
    # Segments of dots only would be resolved by one and refused by the other.
    url += "/".join("s" + encoded(4) for _ in range(chance.randint(0, 3)))
    url += chance.choice(["", "/"]) if not url.endswith("/") else ""
    if chance.random() < 0.5:
        url += "?" + "&".join(f"{canonical(3)}={canonical(3) if chance.random() < 0.8 else ''}"
                              for _ in range(chance.randint(1, 4)))
    names = chance.sample(["X-Amz-Target", "Content-Type", "My-Header", "X-Log-Group", "Accept",
                           "User-Agent", "X-Amzn-Trace-Id", "Zebra"], chance.randint(0, 5))
    words = ["a", "B  c", "d\te", "text/plain; charset=utf-8", "1", "x,y", "~!$%^"]
    fields = [[name, chance.choice(words)] for name in names
              for _ in range(chance.choice([1, 1, 2]))]
    return {
        "method": chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]), "url": url,
        "body": text("ab{}\"\n\u1234", 50, 0), "fields": fields,
        "region": chance.choice(REGIONS), "service": chance.choice([*SERVICES, "awsssoportal"]),
        "key": text("AKIDXYZ", 20, 16), "secret": text("abcXYZ/+=019", 60),
        "token": text("abcXYZ/+=019", 900) if chance.random() < 0.5 else "",
        "time": chance.randint(0, 4_000_000_000)}


def by_botocore(case):
    request = botocore.awsrequest.AWSRequest(method=case["method"], url=case["url"],
                                             data=case["body"].encode())
    for name, value in case["fields"]:
        request.headers.add_header(name, value)
    who = botocore.credentials.Credentials(case["key"], case["secret"], case["token"] or None)
    moment = datetime.datetime.utcfromtimestamp(case["time"])
    with mock.patch("botocore.auth.datetime", wraps=datetime) as clock:
        clock.datetime = mock.Mock(wraps=datetime.datetime)
        clock.datetime.utcnow.return_value = moment
        botocore.auth.SigV4Auth(who, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


class AwsRules(unittest.TestCase):
    def test_random_requests_get_the_signatures_of_botocore(self):
        seed = random.SystemRandom().randint(0, 2**32)
        chance = random.Random(seed)
        cases = [random_case(chance) for _ in range(REQUESTS)]

        signatures = ours("request", cases)

        self.assertEqual(len(signatures), REQUESTS)
        for number, (case, signature) in enumerate(zip(cases, signatures)):
            self.assertEqual(signature, by_botocore(case), f"seed {seed}, case {number}: {case}")

    def test_a_wrong_secret_gets_another_signature(self):
        case = random_case(random.Random(1))
        theirs = by_botocore({**case, "secret": case["secret"] + "x"})

        self.assertNotEqual(ours("request", [case]), [theirs])

    def test_endpoints_are_those_of_botocore(self):
        resolver = botocore.session.get_session().get_component("endpoint_resolver")
        flags = [(fips, dual) for fips in (False, True) for dual in (False, True)]
        cases = [{"service": service, "region": region, "fips": str(fips), "dual_stack": str(dual)}
                 for service in SERVICES for region in REGIONS for fips, dual in flags]

        urls = ours("endpoint", cases)

        self.assertEqual(len(urls), len(cases))
        for case, url in zip(cases, urls):
            try:
                found = resolver.construct_endpoint(
                    case["service"], case["region"], use_fips_endpoint=case["fips"] == "True",
                    use_dualstack_endpoint=case["dual_stack"] == "True")
            except botocore.exceptions.EndpointVariantError:
                found = None
            expected = f"https://{found['hostname']}" if found else "unsupported"
            self.assertEqual(url, expected, case)


if __name__ == "__main__":
    peers.main()
