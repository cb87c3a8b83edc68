"""Tries every operation of the API against its own description, as people of several levels.

    python contract.py

Starts the whole system on this machine with its demonstration, then lets schemathesis make up
requests for each operation, right ones and wrong ones; half of them with the ids of things that
exist. Whatever the answer, it must be one that the description names, in the shape that it names,
and never an error of ours.
"""

import json
import random
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ROOT = Path(__file__).resolve().parents[2]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CASES_OF_EACH_KIND = 12
SECONDS_TO_START = 120
INVITATIONS = 20
IMPORTS = 12
# The demo's requester has submitted four, and one account may submit ten an hour.
DOSSIERS = 5

# Operations that end the session they are tried with: they come last.
ENDS_SESSIONS = {"accounts_sign_out", "accounts_end_session", "accounts_refresh"}


def two_free_ports():
    """A port that is free, as the next one is, where the mailbox listens."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two ports side by side are free")


@schemathesis.serializer(
    "text/csv",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
def file(_context, value):
    """A file is sent as it is, whatever it holds."""
    return value if isinstance(value, bytes) else str(value).encode()


class Portal:
    """The whole system in one process, on a port of its own, ended with the trial."""

    def __init__(self):
        port = two_free_ports()
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            ["target/debug/portal", "--demo", "--memory", "--address", f"127.0.0.1:{port}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        ends = time.monotonic() + SECONDS_TO_START
        while "PASSWORD='" not in self.said:
            line = self.process.stdout.readline()
            assert line and time.monotonic() < ends, f"it did not start: {self.said}"
            self.said += line
        self.portal = re.search(r"PORTAL=(\S+)", self.said)[1]
        self.password = re.search(r"PASSWORD='([^']+)'", self.said)[1]

    def call(self, method, path, body=None, **headers):
        is_file = isinstance(body, bytes)
        kind = "application/octet-stream" if is_file else "application/json"
        headers = {"content-type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}
        data = body if body is None or is_file else json.dumps(body).encode()
        with urlopen(Request(self.address + path, data, headers, method=method), timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def sign_in(self, address):
        body = {"email": address, "password": self.password}
        return self.call("POST", "/v1/sessions", body)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


class Trial:
    def __init__(self, portal):
        self.portal = portal
        self.schema = schemathesis.openapi.from_url(f"{portal.address}/v1/openapi.json")
        self.random = random.Random(1)
        self.cases = 0
        self.statuses = {}
        self.failures = {}
        admin = portal.sign_in("claire.martin@exemple.fr")
        token = f"Bearer {admin['access_token']}"
        karim = portal.sign_in("karim.durand@exemple.fr")
        person = f"/v1/portals/{portal.portal}/people/{karim['account']}"
        etag = portal.call("GET", person, authorization=token)["etag"]
        level = {"level": "reviewer"}
        portal.call("PUT", f"{person}/level", level, authorization=token, if_match=etag)
        self.actors = {"anonymous": None}
        for actor, address in {
            "requester": "sofia.petit@exemple.fr",
            "adviser": "anne.durand@exemple.fr",
            "reviewer": "karim.durand@exemple.fr",
            "staff": "bruno.lefevre@exemple.fr",
            "admin": "claire.martin@exemple.fr",
        }.items():
            self.actors[actor] = portal.sign_in(address)
        queue = portal.call(
            "GET", f"/v1/portals/{portal.portal}/advisor-requests?limit=100", authorization=token
        )
        mails = portal.call("GET", f"/v1/portals/{portal.portal}/mails?limit=100", authorization=token)
        invitations = f"/v1/portals/{portal.portal}/invitations"
        for number in range(INVITATIONS):
            sending = "later" if number % 2 else "now"
            body = {"first_name": "Zoé", "last_name": "Blanc", "send": sending}
            body["email"] = f"invitation-{number}@exemple.fr"
            portal.call("POST", invitations, body, authorization=token)
        invited = portal.call("GET", f"{invitations}?limit=100", authorization=token)
        imports = f"/v1/portals/{portal.portal}/imports"
        made = []
        for number in range(IMPORTS):
            file = f"Prénom;Nom;Email\nZoé;Blanc;import-{number}@exemple.fr\n".encode()
            one = portal.call("POST", imports, file, authorization=token)
            made.append(one["id"])
            if number % 2:
                path = f"{imports}/{one['id']}/dry-run"
                portal.call("POST", path, {}, authorization=token, if_match=one["etag"])
        dossiers, notes, to_dossiers = self.add_dossiers(token)
        self.things = {
            "dossier": dossiers,
            "note": notes,
            "portal": [portal.portal],
            "account": [row["account"] for row in queue["items"]]
            + [tokens["account"] for tokens in self.actors.values() if tokens],
            "mail": [row["id"] for row in mails["items"]],
            "invitation": [row["id"] for row in invited["items"]] + to_dossiers,
            "import": made,
        }
        self.etags = {row["id"]: row["etag"] for row in mails["items"]}
        self.token = token

    def add_dossiers(self, token):
        """Dossiers of a requester, one in two accepted, each with a note of whoever may write one, and
        with two people who are invited."""
        requester = f"Bearer {self.actors['requester']['access_token']}"
        dossiers = f"/v1/portals/{self.portal.portal}/dossiers"
        sheet = {"title": "Essai", "description": "Essai.", "organisation": "Commune", "commune": "33063"}
        made, notes, invited = [], [], []
        for number in range(DOSSIERS):
            one = self.portal.call("POST", dossiers, sheet, authorization=requester)
            path = f"{dossiers}/{one['id']}"
            if number % 2:
                self.portal.call("POST", f"{path}/accept", {}, authorization=token, if_match=one["etag"])
            note = {"text": "Essai.", "space": "advisors" if number % 3 else "public"}
            notes.append(self.portal.call("POST", f"{path}/notes", note, authorization=token)["id"])
            made.append(one["id"])
            for role in ("member", "partner"):
                person = {"email": f"{role}-{number}@exemple.fr", "role": role}
                to = self.portal.call("POST", f"{path}/invitations", person, authorization=requester)
                invited.append(to["id"])
        listed = self.portal.call("GET", f"{dossiers}?limit=100", authorization=token)["items"]
        return made + [row["id"] for row in listed if row["id"] not in made], notes, invited

    def known(self, operation, case):
        """Most ids become those of things that exist, most versions their present ones, and half of
        the bodies the sample that stands in `events/`, so that the trial gets past 404 and 422."""
        for name in case.path_parameters or {}:
            things = self.things.get(name)
            if things and self.random.random() < 0.9:
                case.path_parameters[name] = self.random.choice(things)
        if self.random.random() < 0.5:
            sample = self.sample(operation)
            if sample is not None:
                case.body = sample
                case.media_type = "text/csv" if isinstance(sample, bytes) else "application/json"
        wants_version = any(parameter.name == "If-Match" for parameter in operation.headers)
        if wants_version and self.random.random() < 0.8:
            case.headers["If-Match"] = f'"{self.version(operation, case)}"'

    def sample(self, operation):
        """The body of the operation's sample event, with what exists here."""
        noun, verb = self.file_of(operation)
        event = json.loads((ROOT / "events" / noun / f"{verb}.json").read_text(encoding="utf-8"))
        if "body" not in event:
            return None
        if (noun, verb) == ("accounts", "sign_in"):
            return {"email": "anne.durand@exemple.fr", "password": self.portal.password}
        if event["headers"]["content-type"].startswith("text/csv"):
            return event["body"].encode()
        body = json.loads(event["body"])
        if "email" in body:
            body["email"] = f"essai-{self.cases}@exemple.fr"
        if (noun, verb) == ("accounts", "sign_up"):
            body.pop("request", None)
        return body

    @staticmethod
    def file_of(operation):
        name = operation.definition.raw["operationId"]
        noun = next(folder.name for folder in (ROOT / "events").iterdir() if name.startswith(f"{folder.name}_"))
        return noun, name.removeprefix(f"{noun}_")

    def version(self, operation, case):
        """The version of what the operation changes, as an admin reads it now."""
        here = {name: str(value) for name, value in dict(case.path_parameters).items()}
        if "mail" in here:
            return self.etags.get(here["mail"], "unknown")
        path = ["/v1/portals", quote(here.get("portal", ""), safe="")]
        if "note" in here or "members" in operation.path:
            return "1"
        if "dossier" in here:
            path += ["dossiers", quote(here["dossier"], safe="")]
        elif "account" in here:
            kind = "advisor-requests" if "advisor-requests" in operation.path else "people"
            path += [kind, quote(here["account"], safe="")]
        if "import" in here:
            path += ["imports", quote(here["import"], safe="")]
        if "invitation" in here:
            path += ["invitations", quote(here["invitation"], safe="")]
        which = "profile_etag" if operation.method == "patch" and "account" in here else "etag"
        try:
            return self.portal.call("GET", "/".join(path), authorization=self.token)[which]
        except (HTTPError, KeyError):
            return "unknown"

    def try_one(self, operation, name, case):
        tokens = self.actors[name]
        headers = {"Authorization": f"Bearer {tokens['access_token']}"} if tokens else {}
        case.headers = {key: value for key, value in (case.headers or {}).items() if key != "Authorization"}
        self.known(operation, case)
        self.cases += 1
        response = case.call(headers=headers, timeout=30)
        label = operation.label
        self.statuses.setdefault(label, set()).add(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            causes = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
            for cause in causes:
                key = (label, cause.title, response.status_code)
                self.failures.setdefault(key, f"{name}: {cause}\n{case.as_curl_command(headers=headers)}\n{response.text[:400]}")

    def run(self):
        operations = [found.ok() for found in self.schema.get_all_operations()]
        operations.sort(key=lambda found: found.definition.raw["operationId"] in ENDS_SESSIONS)
        for operation in operations:
            for name in self.actors:
                for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
                    self.try_many(operation, name, mode)
        return len(operations)

    def try_many(self, operation, name, mode):
        try:
            strategy = operation.as_strategy(generation_mode=mode)

            @hypothesis.settings(
                max_examples=CASES_OF_EACH_KIND,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(hypothesis.HealthCheck),
                phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            )
            @hypothesis.given(case=strategy)
            def trial(case):
                self.try_one(operation, name, case)

            trial()
        except hypothesis.errors.Unsatisfiable:
            pass  # An operation without parameters can't be called wrongly.


def main():
    portal = Portal()
    try:
        trial = Trial(portal)
        begun = time.monotonic()
        operations = trial.run()
        seconds = time.monotonic() - begun
    finally:
        portal.stop()
    for label, statuses in sorted(trial.statuses.items()):
        print(f"{label:<80}{' '.join(map(str, sorted(statuses)))}")
    for (label, title, status), text in trial.failures.items():
        print(f"\n{label}: {title} ({status})\n{text}", file=sys.stderr)
    print(
        f"{operations} operations, {len(trial.statuses)} tried, {len(trial.actors)} actors, "
        f"{trial.cases} cases, {seconds:.0f} s, {len(trial.failures)} failures"
    )
    return 1 if trial.failures or len(trial.statuses) != operations else 0


if __name__ == "__main__":
    sys.exit(main())
