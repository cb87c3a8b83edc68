"""Does what CloudFormation does with a SAM template, and what the local AWS does not do by itself.

CloudFormation runs SAM's own translator; so does this. The translator describes an HTTP API as one
OpenAPI document, which the local AWS ignores: here it becomes routes and integrations.

    python expand.py packaged.yaml Stage=staging … > expanded.json
"""

import json
import logging
import os
import sys

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


def with_routes(template):
    """The same template with each HTTP API's document turned into routes and integrations."""
    resources = template["Resources"]
    for api_id, api in list(resources.items()):
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
                integration = operation["x-amazon-apigateway-integration"]
                name = "".join(filter(str.isalnum, f"{method}{path}".title()))
                resources[f"Integration{name}"] = {
                    "Type": "AWS::ApiGatewayV2::Integration",
                    "Properties": {
                        "ApiId": {"Ref": api_id},
                        "IntegrationType": "AWS_PROXY",
                        "IntegrationUri": integration["uri"],
                        "PayloadFormatVersion": integration["payloadFormatVersion"],
                    },
                }
                resources[f"Route{name}"] = {
                    "Type": "AWS::ApiGatewayV2::Route",
                    "Properties": {
                        "ApiId": {"Ref": api_id},
                        "RouteKey": f"{method.upper()} {path}",
                        "Target": {"Fn::Join": ["/", ["integrations", {"Ref": f"Integration{name}"}]]},
                    },
                }
    return template


if __name__ == "__main__":
    overrides = dict(override.split("=", 1) for override in sys.argv[2:])
    expanded = with_routes(translated(read(sys.argv[1]), overrides))
    json.dump(expanded, sys.stdout, indent=1, default=str)
