"""Pastes the README's blocks of `curl` as a newcomer does, against the demonstration.

    python readme.py

Every form must lead to its page, and nothing may be answered with a problem.
"""

import re
import subprocess
import sys

from contract import ROOT, Portal


def blocks():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("\n## From nobody to adviser")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))


def main():
    portal = Portal()
    try:
        mails = re.search(r"http://127\.0\.0\.1:\d+/mails", portal.said)
        addresses = {"http://127.0.0.1:8080": portal.address, "http://127.0.0.1:8081/mails": mails[0]}
        script = blocks()
        for written, here in addresses.items():
            assert written in script, f"the README names {written} no longer"
            script = script.replace(written, here)
        pasted = f"PORTAL={portal.portal} PASSWORD='{portal.password}'\n{script}"
        done = subprocess.run(["bash", "-eu", "-c", pasted], capture_output=True, text=True, timeout=120)
    finally:
        portal.stop()
    pages = re.findall(r"^(\d{3}) (\S*)$", done.stdout, re.MULTILINE)
    failed = done.returncode or '"code":' in done.stdout or not pages
    if failed or any(status != "303" or "/done/" not in page for status, page in pages):
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        return 1
    print(f"the README's curl: {len(pages)} forms sent, nothing refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
