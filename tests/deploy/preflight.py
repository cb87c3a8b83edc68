"""Looks, before a deployment, whether the account can do what the stack will need.

    python preflight.py <sender domain>

Needs nothing but the AWS command line. Ends with 1 and a sentence for whatever would fail later.
"""

import json
import subprocess
import sys


def aws(*arguments):
    """The answer of the AWS command line, or None when there is no such thing."""
    done = subprocess.run(["aws", *arguments, "--output", "json"], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout or "{}")
    if "NotFound" in done.stderr:
        return None
    sys.exit(f"The account could not be asked: {done.stderr.strip()}")


def main(domain):
    problems, notes = [], []
    identity = aws("sesv2", "get-email-identity", "--email-identity", domain)
    if identity is None:
        notes.append(f"SES does not know {domain} yet: the stack makes its identity, and you then add three DNS records.")
    elif not identity.get("VerifiedForSendingStatus"):
        tokens = identity.get("DkimAttributes", {}).get("Tokens", [])
        records = "".join(f"\n    {token}._domainkey.{domain} CNAME {token}.dkim.amazonses.com" for token in tokens)
        problems.append(f"SES has not verified {domain}: no mail would leave. Add these DNS records:{records}")
    if not aws("sesv2", "get-account").get("ProductionAccessEnabled"):
        notes.append("This account is in SES's sandbox: mails reach verified addresses only.")
    free = aws("lambda", "get-account-settings").get("AccountLimit", {}).get("UnreservedConcurrentExecutions", 0)
    if free <= 100:
        notes.append(f"{free} concurrent executions are unreserved: leave ReservedConcurrency at 0.")
    for note in notes:
        print(f"Note: {note}")
    for problem in problems:
        print(f"Problem: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
