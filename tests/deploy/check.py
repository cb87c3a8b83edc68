"""Checks the template as AWS will read it: linting, and how many resources it becomes.

    python check.py
"""

import copy
import os
import re
import subprocess
import sys
from pathlib import Path

import expand

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
MONITORING = ROOT / "monitoring.yaml"

# What AWS takes in one stack, and how near we let it come (issue 3).
MOST_RESOURCES = 500
MOST_RESOURCES_TODAY = 450
# Of the 80 that were to come when this was first counted, those that are still to come.
MORE_USE_CASES = 80 - 27 - 11 - 21 - 11

GLIBC_OF_LAMBDA = (2, 34)


def lint():
    """SAM's own validation, and cfn-lint with its rules for serverless templates."""
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-west-3"}
    for command in (
        ["sam", "validate", "--lint", "--template", str(TEMPLATE)],
        ["cfn-lint", "--", str(TEMPLATE), str(MONITORING)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def resources(template):
    """How many resources a SAM template becomes."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    template["Globals"]["Function"].pop("CodeUri", None)
    translated = expand.translated(template, {})
    return len(translated["Resources"])


def with_more_use_cases(template):
    """The template with more use cases: copies of those of today, one after the other."""
    functions = [
        (name, resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    for number in range(MORE_USE_CASES):
        name, function = functions[number % len(functions)]
        fresh = copy.deepcopy(function)
        for event in fresh["Properties"].get("Events", {}).values():
            if event["Type"] == "HttpApi":
                event["Properties"]["Path"] = f"/more/{number}"
        template["Resources"][f"More{number}"] = fresh
    return template


def runs_on_lambda():
    """Whether the artifacts, where they are there, need no newer C library than Lambda has."""
    for name in ("bootstrap", "spreadsheets", "dossiers"):
        artifact = ROOT / "target" / "release" / name
        if not artifact.exists():
            continue
        found = re.findall(rb"GLIBC_(\d+)\.(\d+)", artifact.read_bytes())
        newest = max(((int(major), int(minor)) for major, minor in found), default=(0, 0))
        if newest > GLIBC_OF_LAMBDA:
            sys.exit(f"{name} needs glibc {newest}, Amazon Linux 2023 has {GLIBC_OF_LAMBDA}: build it with cargo lambda.")


def main():
    lint()
    runs_on_lambda()
    today = resources(expand.read(TEMPLATE))
    later = resources(with_more_use_cases(expand.read(TEMPLATE)))
    print(f"template: no findings; {today} resources, {later} with {MORE_USE_CASES} more use cases")
    if today > MOST_RESOURCES_TODAY or later > MOST_RESOURCES:
        sys.exit("That is too many for one stack: see the last chapter of README.md.")


if __name__ == "__main__":
    main()
