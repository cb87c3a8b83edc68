"""Hands dead letters back to their functions, and deletes those that were taken.

    python replay.py <stack>

Three kinds of letters wait in the queue: events that a rule could not deliver, with the rule's
target as an attribute; invocations that a function failed, with the event inside; and notes about
records of the stream, which the schedules find by themselves.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile

# `journal::catch_up` looks back 48 hours: an older letter of the stream is not to be forgotten.
HOURS_LOOKED_BACK = 47


def aws(*arguments):
    """The answer of the AWS command line."""
    # The first version of the command line does not heed the variable for queues.
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    arguments = [*arguments, *(["--endpoint-url", endpoint] if endpoint else [])]
    done = subprocess.run(["aws", *arguments, "--output", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout or "{}")


def what_of(letter):
    """The function that a letter is for, and its event; None for what the schedules find."""
    body = json.loads(letter["Body"])
    if "requestPayload" in body:
        function = body["requestContext"]["functionArn"]
        return function.removesuffix(":$LATEST"), body["requestPayload"]
    attributes = letter.get("MessageAttributes", {})
    if "TARGET_ARN" in attributes:
        return attributes["TARGET_ARN"]["StringValue"], body
    if "DDBStreamBatchInfo" in body:
        arrived = body["DDBStreamBatchInfo"].get("approximateArrivalOfFirstRecord", "")
        arrived = datetime.datetime.fromisoformat(arrived.replace("Z", "+00:00"))
        age = datetime.datetime.now(datetime.timezone.utc) - arrived
        if age < datetime.timedelta(hours=HOURS_LOOKED_BACK):
            return None
        raise ValueError(f"records of {arrived} were not handed over in time: see README.md")
    raise ValueError("a letter of no known kind")


def invoke(function, event):
    """Whether the function took the event."""
    with tempfile.TemporaryDirectory() as folder:
        payload = os.path.join(folder, "event.json")
        with open(payload, "w", encoding="utf-8") as file:
            json.dump(event, file)
        answer = aws("lambda", "invoke", "--cli-read-timeout", "0", "--function-name", function,
                     "--payload", f"fileb://{payload}", os.path.join(folder, "answer.json"))
        return "FunctionError" not in answer


def main(stack):
    queue = aws("cloudformation", "describe-stack-resource", "--stack-name", stack,
                "--logical-resource-id", "DeadLetters")["StackResourceDetail"]["PhysicalResourceId"]
    taken, left = 0, 0
    while True:
        letters = aws("sqs", "receive-message", "--queue-url", queue, "--max-number-of-messages", "10",
                      "--wait-time-seconds", "5", "--visibility-timeout", "600", "--message-attribute-names", "All").get("Messages", [])
        if not letters:
            break
        for letter in letters:
            try:
                what = what_of(letter)
            except ValueError as error:
                print(f"Left: {error}", file=sys.stderr)
                left += 1
                continue
            if what is None or invoke(*what):
                aws("sqs", "delete-message", "--queue-url", queue, "--receipt-handle", letter["ReceiptHandle"])
                taken += 1
            else:
                left += 1
    print(f"{taken} taken, {left} left")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
