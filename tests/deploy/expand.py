"""Does what CloudFormation does with a SAM template, and what the local AWS does not do by itself.

CloudFormation runs SAM's own translator; so does this. The translator describes an HTTP API as one
OpenAPI document, which the local AWS ignores: whoever deploys makes its routes afterwards.
"""

import logging
import os
import re

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-3")

from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

# It warns of measurements of its own that nobody wants here.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


class _Policies(ManagedPolicyLoader):
    """The managed policies that SAM names; asking AWS for them would need AWS."""

    def __init__(self):
        super().__init__(None)

    def load(self):
        role = "arn:aws:iam::aws:policy/service-role/"
        return {name: role + name for name in ["AWSLambdaBasicExecutionRole", "AWSLambdaDynamoDBExecutionRole"]}


def read(path):
    """A SAM template, as it is written."""
    with open(path, encoding="utf-8") as file:
        return yaml_parse(file.read())


def translated(template, parameters):
    """The CloudFormation template that a SAM template stands for, with these parameters."""
    return transform(template, parameters, _Policies())


def without_documents(template):
    """The same template without its HTTP APIs' documents, and the routes that they describe: for each
    API the key of a route and the logical id of its function. On AWS they are no resources of the
    stack; made as such, they would be more than a stack holds."""
    routes = []
    for api_id, api in template["Resources"].items():
        if api["Type"] != "AWS::ApiGatewayV2::Api":
            continue
        document = api["Properties"].pop("Body")
        cors = document.get("x-amazon-apigateway-cors")
        api["Properties"].update({"Name": api_id, "ProtocolType": "HTTP"})
        if cors:
            # The local AWS reads the names as the document writes them.
            api["Properties"]["CorsConfiguration"] = cors
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method == "options":
                    continue
                uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                routes.append((api_id, f"{method.upper()} {path}", re.search(r"\$\{(\w+)\.Arn\}", uri)[1]))
    return template, routes
