"""Deploys the template to a local AWS with the commands of README.md, and drives it over HTTP.

Everything that is seen here is seen from outside: over HTTP, in the mails that the local SES took,
in the logs. Nothing waits longer than it must, and nothing for ever.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3

import expand

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "deploy"
STACK, STAGE, DOMAIN = "guichet", "staging", "guichet.exemple.fr"
ORIGIN = f"https://{DOMAIN}"
PASSWORD = "un cheval violet dans la brume"
SECONDS_TO_SETTLE = 60


def say(what):
    print(f"{time.monotonic() - START:6.1f} s  {what}", flush=True)


def until(what, found, seconds=SECONDS_TO_SETTLE):
    """Asks again and again until there is an answer; gives up after so many seconds."""
    ends = time.monotonic() + seconds
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > ends:
            raise AssertionError(f"{what}: not within {seconds} seconds")
        time.sleep(0.2)


class Emulator:
    """The local AWS, on a port of its own, ended with the rehearsal."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_REGION": "eu-west-3",
            "AWS_PAGER": "",
            "SAM_CLI_TELEMETRY": "0",
        }
        self.log = open(FOLDER / "emulator.log", "w", encoding="utf-8")
        own = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": "eu-west-3",
        }
        self.process = subprocess.Popen(
            [str(FOLDER / "emulator" / "bin" / "ministack")],
            env={**self.environment, **own},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until("the local AWS is up", self.is_up)

    def is_up(self):
        try:
            return self.get("/_ministack/health")
        except OSError:
            return None

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name="eu-west-3",
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",
        )

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)
        self.log.close()


class Rehearsal:
    def __init__(self, emulator):
        self.emulator = emulator
        self.lambdas = emulator.client("lambda")
        self.logs = emulator.client("logs")
        self.events = emulator.client("events")
        self.stack = emulator.client("cloudformation")

    # ---- The commands of README.md

    def run(self, command, variables):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=ROOT,
            env={**self.emulator.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def deploy(self):
        """Runs the five commands as they are written."""
        self.emulator.client("s3").create_bucket(
            Bucket="rehearsal", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
        )
        variables = {
            "BUCKET": "rehearsal",
            "STACK": STACK,
            "STAGE": STAGE,
            "ORIGIN": ORIGIN,
            "DOMAIN": DOMAIN,
            "ARCHITECTURE": "x86_64",
        }
        for number, command in enumerate(commands(), start=1):
            answer = self.run(command, variables)
            say(f"command {number}: {command.split(' ')[0]} …")
            if number == 2:
                self.expand()
            if number == 3:
                self.make_routes()
            if number == 4:
                self.made = json.loads(answer.strip().splitlines()[-1])
        outputs = self.stack.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        self.host = re.sub("https://([^.]+).*", r"\1.execute-api.localhost", self.outputs["ApiAddress"])

    def expand(self):
        """What CloudFormation does with the packaged template, done before it gets there."""
        packaged = ROOT / "target" / "packaged.yaml"
        shutil.copy(packaged, FOLDER / "packaged.yaml")
        overrides = {"Stage": STAGE, "Origin": ORIGIN, "SenderDomain": DOMAIN, "Architecture": "x86_64"}
        template, self.routes = expand.without_documents(expand.translated(expand.read(packaged), overrides))
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudFormation::Stack":
                # SAM knows no bucket by the local AWS's address.
                at = resource["Properties"]["TemplateURL"].removeprefix(self.emulator.address)
                resource["Properties"]["TemplateURL"] = f"https://s3.eu-west-3.amazonaws.com{at}"
        packaged.write_text(json.dumps(template, default=str), encoding="utf-8")

    def make_routes(self):
        """What API Gateway does with the document of an API when it is made."""
        gateway = self.emulator.client("apigatewayv2")
        account = self.emulator.client("sts").get_caller_identity()["Account"]
        physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in self.resources()}
        for api, route, function in self.routes:
            arn = f"arn:aws:lambda:eu-west-3:{account}:function:{physical[function]}"
            integration = gateway.create_integration(
                ApiId=physical[api],
                IntegrationType="AWS_PROXY",
                IntegrationUri=f"arn:aws:apigateway:eu-west-3:lambda:path/2015-03-31/functions/{arn}/invocations",
                PayloadFormatVersion="2.0",
            )
            target = f"integrations/{integration['IntegrationId']}"
            gateway.create_route(ApiId=physical[api], RouteKey=route, Target=target)

    def watched(self):
        """The inner stack watches the functions that this one made."""
        physical = {resource["PhysicalResourceId"] for resource in self.resources()}
        pages = self.emulator.client("cloudwatch").get_paginator("describe_alarms").paginate()
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
        written = expand.read(ROOT / "monitoring.yaml")["Resources"].values()
        assert len(alarms) == sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in written)
        of_functions = [alarm["Dimensions"] for alarm in alarms if alarm.get("Namespace") == "AWS/Lambda"]
        names = {dimension["Value"] for dimensions in of_functions for dimension in dimensions}
        assert names <= physical and names, names - physical
        assert all(alarm["AlarmActions"] for alarm in alarms), alarms
        say(f"{len(alarms)} alarms, of {len(names)} functions, the API and the mails")

    def resources(self):
        pages = self.stack.get_paginator("list_stack_resources").paginate(StackName=STACK)
        return [resource for page in pages for resource in page["StackResourceSummaries"]]

    # ---- What a client sees

    def call(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict):
            body = json.dumps(body)
            headers.setdefault("content-type", "application/json")
        connection.request(method, path, body, {"Host": self.host, "Accept-Language": "fr", **headers})
        answer = connection.getresponse()
        held = answer.read()
        is_text = not answer.headers["content-type"] or "spreadsheetml" not in answer.headers["content-type"]
        text = held.decode() if is_text else held
        assert not is_text or "Mock response" not in text, f"{method} {path} was answered by the emulator"
        return answer, text

    def json(self, status, method, path, body=None, **headers):
        answer, text = self.call(method, path, body, **headers)
        assert answer.status == status, f"{method} {path}: {answer.status} {text}"
        return json.loads(text) if text else None

    def mails_to(self, address):
        accounts = self.emulator.get("/_ministack/ses/messages")["messages"].values()
        return [mail for mails in accounts for mail in mails if mail["To"] == [address]]

    def mail_to(self, address, subject):
        def found():
            return [mail for mail in self.mails_to(address) if subject in mail["Subject"]]

        return until(f"a mail “{subject}” to {address}", found)[-1]

    def press(self, address, subject, to=None, **fields):
        """Opens the mailed link and posts its form, or another one of the page, as a browser would."""
        text = self.mail_to(address, subject)["BodyText"].replace("\r\n", "\n")
        link = re.search(rf"{ORIGIN}(/\S+)\?token=(\S+)", text)
        page, shown = self.call("GET", f"{link[1]}?token={link[2]}")
        assert page.status == 200 and "<form" in shown, shown
        form = "&".join(f"{name}={quoted(value)}" for name, value in {"token": link[2], **fields}.items())
        answer, _ = self.call(
            "POST", to or link[1], form, origin=ORIGIN, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status == 303, answer.status
        return answer.headers["location"]

    def sign_in(self, address):
        tokens = self.json(200, "POST", "/v1/sessions", {"email": address, "password": PASSWORD})
        return f"Bearer {tokens['access_token']}"

    # ---- The path of the first issue

    def path(self):
        portal, claire, zoe = self.made["portal"], "claire.martin@exemple.fr", "zoe.blanc@exemple.fr"
        assert self.press(claire, "choisissez votre mot de passe", password=PASSWORD) == "/done/password-set"
        say("the stream ran, and the bus: the administrator's mail came, and its link works")
        request = {
            "portal": portal,
            "territory": {"departments": ["33"]},
            "context": "Nous accompagnons des communes.",
            "intention": "Suivre leurs projets.",
            "organisation": "Agence d’urbanisme",
            "job_title": "Conseil",
        }
        person = {"first_name": "Zoé", "last_name": "Blanc", "email": zoe, "password": PASSWORD}
        self.json(202, "POST", "/v1/sign-ups", {**person, "request": request})
        done = self.press(zoe, "confirmez", username="zoe.blanc", password=PASSWORD)
        assert done == "/done/request-submitted", done
        claire_token, zoe_token = self.sign_in(claire), self.sign_in(zoe)
        queue = f"/v1/portals/{portal}/advisor-requests"
        waiting = self.json(200, "GET", queue, authorization=claire_token)["items"]
        assert [row["first_name"] for row in waiting] == ["Zoé"], waiting
        accept = f"{queue}/{waiting[0]['account']}/accept"
        self.json(403, "POST", accept, authorization=zoe_token, if_match=waiting[0]["etag"])
        accepted = self.json(200, "POST", accept, authorization=claire_token, if_match=waiting[0]["etag"])
        assert accepted["status"] == "accepted", accepted
        late = self.json(409, "POST", accept, authorization=claire_token, if_match=waiting[0]["etag"])
        assert late["code"] == "already_decided", late
        self.mail_to(zoe, "acceptée")
        me = self.json(200, "GET", "/v1/me", authorization=zoe_token)
        assert me["portals"][0]["access"]["territory"]["departments"] == ["33"], me
        journal = self.json(200, "GET", f"/v1/portals/{portal}/journal", authorization=claire_token)["items"]
        acts = [entry["act"] for entry in reversed(journal)]
        assert acts == ["portal.created", "advisor_request.submitted", "advisor_request.accepted"], acts
        mails = self.mails_to(zoe)
        assert len(mails) == 3, [mail["Subject"] for mail in mails]
        self.portal, self.claire, self.zoe_token = portal, claire_token, zoe_token
        say("asked, accepted, told, journaled: the whole path of the first issue")

    # ---- An invitation, by a newcomer

    def invited(self):
        ines, invitations = "ines.petit@exemple.fr", f"/v1/portals/{self.portal}/invitations"
        person = {"first_name": "Inès", "last_name": "Petit", "email": ines, "level": "reviewer"}
        made = self.json(201, "POST", invitations, person, authorization=self.claire)
        second = self.json(409, "POST", invitations, person, authorization=self.claire)
        assert second["invitation"] == made["id"], second
        del person["email"], person["level"]
        done = self.press(
            ines,
            "invitation à rejoindre",
            to="/invitation/create-account",
            **person,
            username="ines.petit",
            password=PASSWORD,
        )
        assert done == "/done/invitation-accepted", done
        token = self.sign_in(ines)
        people = self.json(200, "GET", f"/v1/portals/{self.portal}/people?search=ine", authorization=token)["items"]
        assert [row["level"] for row in people] == ["reviewer"], people
        self.mail_to("claire.martin@exemple.fr", "votre invitation est acceptée")
        closed = self.json(200, "GET", f"{invitations}?list=closed", authorization=self.claire)["items"]
        assert [row["state"] for row in closed] == ["accepted"], closed
        say("invited, mailed, accepted by a newcomer who sees the people, and the inviter was told")

    # ---- Many people, from a spreadsheet

    def imported(self):
        """A file that a spreadsheet program saved, from the artifact that knows spreadsheets."""
        imports = f"/v1/portals/{self.portal}/imports"
        folder = ROOT / "tests" / "spreadsheets"
        answer, template = self.call("GET", f"{imports}/template", authorization=self.claire)
        assert answer.status == 200 and template.startswith(b"PK"), answer.status
        refused = (folder / "password.xlsx").read_bytes()
        refused = self.json(422, "POST", imports, refused, authorization=self.claire)
        assert refused["reason"] == "encrypted", refused
        # The largest file that is accepted, whose memory `memory` tells.
        for name in ("five_thousand", "twelve"):
            file = (folder / f"{name}.xlsx").read_bytes()
            made = self.json(201, "POST", imports, file, authorization=self.claire)
        one = f"{imports}/{made['id']}"
        for verb, state in (("dry-run", "checked"), ("start", "finished")):
            etag = self.json(200, "GET", one, authorization=self.claire)["etag"]
            self.json(202, "POST", f"{one}/{verb}", {}, authorization=self.claire, if_match=f'"{etag}"')
            is_over = lambda: self.json(200, "GET", one, authorization=self.claire)["state"] == state  # noqa: B023, E731
            until(f"the import is {state}", is_over)
        self.mail_to("personne.0012@import.exemple.fr", "invitation à rejoindre")
        self.mail_to("claire.martin@exemple.fr", "l’import de votre liste est terminé")
        for path in (f"{one}/report", f"/v1/portals/{self.portal}/people/export"):
            answer, file = self.call("GET", path, authorization=self.claire)
            assert answer.status == 200 and file.startswith(b"PK"), f"{path}: {answer.status}"
        say("a spreadsheet was looked at and imported, its people were mailed, and its report is a spreadsheet")

    # ---- A dossier, from the artifact that knows the communes

    def dossier(self):
        """From submission to pause: seen by the adviser of its department once it is accepted."""
        ines, dossiers = self.sign_in("ines.petit@exemple.fr"), f"/v1/portals/{self.portal}/dossiers"
        commune = self.json(200, "GET", "/v1/communes?search=bordea")["items"][0]
        assert (commune["code"], commune["department"]["code"]) == ("33063", "33"), commune
        sheet = {
            "title": "Une école pour deux villages",
            "description": "Nous voulons réunir deux écoles.",
            "organisation": "Communauté de communes",
            "commune": commune["code"],
        }
        made = self.json(201, "POST", dossiers, sheet, authorization=ines)
        one = f"{dossiers}/{made['id']}"
        self.json(404, "GET", one, authorization=self.zoe_token)
        accepted = self.json(200, "POST", f"{one}/accept", {}, authorization=self.claire, if_match=f'"{made["etag"]}"')
        self.mail_to("ines.petit@exemple.fr", "votre dossier est accepté")
        seen = self.json(200, "GET", dossiers, authorization=self.zoe_token)["items"]
        assert [row["id"] for row in seen] == [made["id"]], seen
        joined = self.json(200, "POST", f"{one}/join", {"role": "advisor"}, authorization=self.zoe_token)
        assert (joined["role"], joined["advisors"]) == ("advisor", 1), joined
        paul = "paul.roux@exemple.fr"
        self.json(201, "POST", f"{one}/invitations", {"email": paul, "role": "member"}, authorization=ines)
        names = {"first_name": "Paul", "last_name": "Roux", "username": "paul.roux"}
        subject = "invitation à participer à un dossier"
        done = self.press(paul, subject, to="/invitation/create-account", **names, password=PASSWORD)
        assert done == "/done/invitation-accepted", done
        seen = self.json(200, "GET", one, authorization=self.sign_in(paul))
        assert seen["role"] == "member", seen
        note = {"text": "À voir avec la DREAL.", "space": "advisors"}
        self.json(201, "POST", f"{one}/notes", note, authorization=self.zoe_token)
        self.json(404, "GET", f"{one}/notes?space=advisors", authorization=ines)
        reason = {"reason": "En attente du budget."}
        paused = self.json(200, "POST", f"{one}/pause", reason, authorization=ines, if_match=f'"{accepted["etag"]}"')
        assert paused["state"] == "paused", paused
        say("a dossier was submitted, accepted, seen by its department's adviser, joined by invitation too, and paused")

    # ---- What becomes of the mails

    def outcomes(self):
        """SES's events in SES's own shape. AWS lets nobody put events in its name, and the local one
        puts none there itself: so the rule is opened to events of the rehearsal, too."""
        name = self.physical("MailsRecordOutcomeOutcomes")
        rule = self.events.describe_rule(Name=name)
        pattern = json.loads(rule["EventPattern"])
        assert pattern["source"] == ["aws.ses"], pattern
        pattern["source"].append("rehearsal.ses")
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern), State="ENABLED")
        list_of_mails = f"/v1/portals/{self.portal}/mails"

        def accepted():
            mails = self.json(200, "GET", list_of_mails, authorization=self.claire)["items"]
            return next(mail for mail in mails if mail["automation"] == "request_accepted")

        mail = until("the mail is marked as sent", lambda: accepted() if accepted()["state"] == "sent" else None)
        event = json.loads((ROOT / "events/mails/record_outcome.json").read_text(encoding="utf-8"))
        event["detail"]["mail"]["tags"]["mail"] = [mail["id"]]
        event["detail"]["mail"]["tags"]["ses:configuration-set"] = [self.outputs["MailSetName"]]
        event["detail"]["mail"]["destination"] = ["zoe.blanc@exemple.fr"]
        sent = self.events.put_events(
            Entries=[{"Source": "rehearsal.ses", "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}]
        )
        assert sent["FailedEntryCount"] == 0, sent
        until("the bounce shows on the mail", lambda: accepted()["state"] == "bounced")
        say(f"a bounce came back onto the mail: “{accepted()['meaning']}”")

    # ---- Schedules, and every function by itself

    def hasten(self):
        """Lets the schedule that runs every five minutes run every minute."""
        rule = self.events.describe_rule(Name=self.physical("MailsRetrySchedule"))
        assert rule["ScheduleExpression"] == "rate(5 minutes)", rule
        self.events.put_rule(Name=rule["Name"], ScheduleExpression="rate(1 minute)", State="ENABLED")

    def logged(self, noun, pattern, since=0):
        answer = self.logs.filter_log_events(logGroupName=f"/guichet/{STAGE}/{noun}", startTime=since)
        return [event["message"] for event in answer["events"] if re.search(pattern, event["message"])]

    def scheduled(self):
        now = int(time.time() * 1000)
        found = lambda: self.logged("mails", "longest_wait_seconds", now)  # noqa: E731
        until("the hastened schedule fires", found, seconds=120)
        say("a scheduled rule fired")

    def every_function(self):
        """Each function is invoked with its sample event, and answers as its own code does."""
        template = expand.read(ROOT / "template.yaml")
        functions = [
            (name, resource["Properties"]["Handler"])
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        ]
        statuses = {}
        for name, handler in functions:
            noun, verb = handler.split("::")
            event = (ROOT / "events" / noun / f"{verb}.json").read_bytes()
            physical = self.stack.describe_stack_resource(StackName=STACK, LogicalResourceId=name)
            physical = physical["StackResourceDetail"]["PhysicalResourceId"]
            answer = self.lambdas.invoke(FunctionName=physical, Payload=event)
            body = json.loads(answer["Payload"].read() or "null")
            assert "Mock response" not in json.dumps(body), f"{handler} was answered by the emulator"
            if isinstance(body, dict) and "statusCode" in body:
                headers = {name.lower() for name in body["headers"]}
                assert "x-request-id" in headers, f"{handler}: {body}"
                assert body["statusCode"] < 500, f"{handler}: {body}"
                statuses[handler] = body["statusCode"]
            elif handler in ("mails::compose", "imports::run"):
                # The sample entry is in no journal: each consumer reads again what an event names.
                assert "there is no such entry" in json.dumps(body), body
            else:
                assert "FunctionError" not in answer, f"{handler}: {body}"
            # What seals the journals logs where the copies of the seals are kept.
            group = "seals" if handler == "journal::seal" else noun
            said = lambda: self.logged(group, f'"use_case": ?"{handler}"')  # noqa: E731
            until(f"{handler} logs with its noun", said)
        assert statuses["system::health"] == 200 and statuses["accounts::me"] == 401, statuses
        say(f"each of {len(functions)} functions answered its event, and logged with its noun")

    def memory(self):
        """How much memory each warm function has used at most, as the kernel counted it."""
        used = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if not os.readlink(process / "exe").endswith("/bootstrap"):
                    continue
                variables = (process / "environ").read_bytes().split(b"\0")
                status = (process / "status").read_text()
            except OSError:
                continue
            if f"AWS_ENDPOINT_URL={self.emulator.address}".encode() not in variables:
                continue
            handler = next(v for v in variables if v.startswith(b"_HANDLER=")).decode().removeprefix("_HANDLER=")
            used[handler] = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024
        assert used, "no warm function was found"
        for handler in sorted(used, key=used.get)[-3:]:
            say(f"{handler} used {used[handler]} MB at most")

    # ---- Dead letters

    def dead_letters(self):
        """The letter of the sample entry that nobody could compose from is there, and replayed."""
        queue = self.emulator.client("sqs")
        address = self.outputs["DeadLettersAddress"]
        event = json.loads((ROOT / "events/mails/record_outcome.json").read_text(encoding="utf-8"))
        arn = self.lambdas.get_function(FunctionName=self.physical("MailsRecordOutcome"))["Configuration"]["FunctionArn"]
        letter = {"requestContext": {"functionArn": arn}, "requestPayload": event}
        queue.send_message(QueueUrl=address, MessageBody=json.dumps(letter))
        arrived = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        note = {"DDBStreamBatchInfo": {"shardId": "shard-1", "approximateArrivalOfFirstRecord": arrived}}
        queue.send_message(QueueUrl=address, MessageBody=json.dumps(note))
        answer = self.run(f"python tests/deploy/replay.py {STACK}", {})
        assert re.search(r"^\d+ taken, 0 left$", answer, re.M), answer
        count = queue.get_queue_attributes(QueueUrl=address, AttributeNames=["ApproximateNumberOfMessages"])
        assert count["Attributes"]["ApproximateNumberOfMessages"] == "0", count
        say("dead letters were replayed, and the queue is empty")

    def physical(self, logical):
        found = self.stack.describe_stack_resource(StackName=STACK, LogicalResourceId=logical)
        return found["StackResourceDetail"]["PhysicalResourceId"]

    # ---- A sender that SES has not verified

    def unverified_sender(self):
        """The local AWS verifies every domain at once: here SES's answer is played."""
        folder = FOLDER / "unverified"
        folder.mkdir(exist_ok=True)
        answer = {"VerifiedForSendingStatus": False, "DkimAttributes": {"Tokens": ["abc"]}}
        program = folder / "aws"
        program.write_text(f"#!/bin/sh\nif [ \"$2\" = get-email-identity ]; then echo '{json.dumps(answer)}'; else echo '{{}}'; fi\n")
        program.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "tests/deploy/preflight.py", DOMAIN],
            cwd=ROOT,
            env={**self.emulator.environment, "PATH": f"{folder}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and f"abc._domainkey.{DOMAIN} CNAME" in done.stderr, done
        say("a sender that SES has not verified is named before the deployment, with its DNS records")

    # ---- Wrong parameters

    def wrong_parameters(self):
        """Each is refused before anything is made, with a sentence that says what is wrong."""
        template = (ROOT / "target" / "packaged.yaml").read_bytes()
        self.emulator.client("s3").put_object(Bucket="rehearsal", Key="template.json", Body=template)
        right = {"Origin": ORIGIN, "SenderDomain": DOMAIN}
        certificate = "arn:aws:acm:eu-west-3:123456789012:certificate/0123-4567"
        for wrong, sentence in (
            ({"SenderDomain": "not a domain"}, "SenderDomain"),
            ({"Origin": "https://guichet.exemple.fr/"}, "Origin"),
            ({"LogRetentionInDays": "0"}, "LogRetentionInDays"),
            ({"DomainName": "guichet.exemple.fr"}, "given together"),
            ({"CertificateArn": certificate}, "given together"),
            ({"MailEpoch": "yesterday"}, "MailEpoch"),
            ({"Origin": None}, "Origin"),
        ):
            values = {**right, **wrong}
            parameters = [
                {"ParameterKey": name, "ParameterValue": value} for name, value in values.items() if value is not None
            ]
            try:
                self.stack.create_stack(
                    StackName="wrong",
                    TemplateURL=f"{self.emulator.address}/rehearsal/template.json",
                    Parameters=parameters,
                    Capabilities=["CAPABILITY_IAM"],
                )
            except self.stack.exceptions.ClientError as error:
                assert sentence in str(error), f"{wrong}: {error}"
                continue
            raise AssertionError(f"{wrong} was not refused")
        say("wrong parameters are refused before anything is made")


def commands():
    """The commands of the block that README.md marks with <!-- deploy -->."""
    readme = (ROOT / "tests" / "deploy" / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- deploy -->\n```sh\n(.*?)```", readme, re.S)[1]
    found = [line for line in block.splitlines() if line and not line.startswith("#")]
    assert len(found) == 5, found
    return found


def quoted(text):
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 or chr(byte) in "-._" else f"%{byte:02X}"
        for byte in text.encode()
    )


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    emulator = Emulator()
    try:
        rehearsal = Rehearsal(emulator)
        say("the local AWS is up")
        rehearsal.deploy()
        rehearsal.watched()
        rehearsal.hasten()
        rehearsal.path()
        rehearsal.invited()
        rehearsal.imported()
        rehearsal.dossier()
        rehearsal.outcomes()
        rehearsal.every_function()
        rehearsal.memory()
        rehearsal.dead_letters()
        rehearsal.wrong_parameters()
        rehearsal.unverified_sender()
        rehearsal.scheduled()
        say("done")
    finally:
        emulator.stop()


if __name__ == "__main__":
    START = time.monotonic()
    main()
