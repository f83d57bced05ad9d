"""What schemathesis is told: real codes and pictures to ask with, and what the daemon has no route for yet.

Loaded by schemathesis in its own environment; LICET_TRIAL names the file that town.Town.tell has written.
"""

import io
import json
import os
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from PIL import Image

with open(os.environ["LICET_TRIAL"]) as file:
    trial = json.load(file)
digits = sorted(trial["digits"].values())
codes = digits + [f"LICET:{code}" for code in digits] + [f"HTTPS://LIC.EXAMPLE.CN/L/{code}" for code in digits]



def jpeg(name):
    made = io.BytesIO()
    Image.open(name).convert("L").save(made, "JPEG", quality=90)
    return made.getvalue()


schemathesis.openapi.media_type("image/png", st.sampled_from([Path(name).read_bytes() for name in trial["pictures"]]))
schemathesis.openapi.media_type("image/jpeg", st.sampled_from([jpeg(name) for name in trial["pictures"]]))
schemathesis.openapi.media_type(
    "application/x-ndjson",
    st.lists(st.one_of(
        st.sampled_from(codes).map(lambda code: json.dumps({"code": code})),
        st.sampled_from(["", "{}", "[", '{"code": 1}', '{"code": "1", "more": 1}']),
    ), min_size=1, max_size=12).map(lambda lines: "".join(line + "\n" for line in lines).encode()))


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Puts real codes into the examples, and leaves out what is not there yet."""
    paths = raw_schema["paths"]
    for name in trial["missing"]:
        method, _, path = name.partition(" ")
        if path:
            del paths[path][method.lower()]
        else:
            del paths["/v1/verify"]["post"]["requestBody"]["content"][name]
    parameter = raw_schema["components"]["parameters"]["Digits"]
    parameter["examples"] = {f"code{number}": {"value": code} for number, code in enumerate([*digits, "1"])}
    # Of a type whose bodies are made here, schemathesis takes no example that is text.
    if "/v1/verify/batch" in paths and "post" in paths["/v1/verify/batch"]:
        del paths["/v1/verify/batch"]["post"]["requestBody"]["content"]["application/x-ndjson"]["example"]
    question = paths["/v1/verify"]["post"]["requestBody"]["content"]["application/json"]
    question["examples"] = {f"code{number}": {"value": {"code": code}} for number, code in enumerate([*codes, "LICET:1"])}


# Half of all made-up codes are real ones, so that not only `malformed` is met.
@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and "digits" in path_parameters and not known(path_parameters["digits"]) % 2:
        path_parameters["digits"] = digits[known(path_parameters["digits"]) % len(digits)]
    if path_parameters and "creditCode" in path_parameters and not known(path_parameters["creditCode"]) % 2:
        path_parameters["creditCode"] = trial["creditCodes"][known(path_parameters["creditCode"]) % len(trial["creditCodes"])]
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("code"), str) and set(body) == {"code"} and not known(body["code"]) % 2:
        body = {"code": codes[known(body["code"]) % len(codes)]}
    return body


def known(text):
    """A number that the same text always has."""
    return sum(str(text).encode("utf-8", "surrogatepass"))


@schemathesis.hook
def after_call(context, case, response):
    """Writes down which verdicts were met."""
    if response.status_code == 200 and b'"verdict":"' in response.content[-64:]:
        with open(trial["met"], "ab") as met:
            met.write(response.content.rpartition(b'"verdict":"')[2].rstrip(b'"}\n') + b"\n")
