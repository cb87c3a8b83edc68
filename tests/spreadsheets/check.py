"""Lets LibreOffice open every spreadsheet that we write, and imports what LibreOffice saves.

    python check.py

The template is opened and saved as every format that people may send; a report whose cells look like
formulas is opened, and its cells must be what was written, not what they would come to.
"""

import csv
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "deploy"))

from contract import Portal  # noqa: E402

SECONDS = 60
PEOPLE = [
    ["Zoé", "d’Arc", "zoe.darc@tableur.exemple.fr", "=1+1", "", "Vérificateur", "01, Gironde", "{dossier}", "Conseiller"],
    ["Nguyễn", "Lefèvre", "nguyen@tableur.exemple.fr", "@SUM(A1)", "", "", "France entière", "", ""],
    ["Anne", "Durand", "pas une adresse", "-1", "", "", "", "", ""],
]


class Office:
    """LibreOffice, without a window, with a profile of its own."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def saved_as(self, kind, name, content, source=None):
        """The file as LibreOffice saves it after it has opened it."""
        file = self.folder / name
        file.write_bytes(content)
        out = self.folder / "out"
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{self.folder}/profile"]
        command += [f"--infilter={source}"] if source else []
        command += ["--convert-to", kind, "--outdir", str(out), str(file)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (out / file.with_suffix("." + kind.split(":")[0]).name).read_bytes()

    def rows(self, name, content):
        """What its first sheet shows."""
        text = self.saved_as("csv:Text - txt - csv (StarCalc):44,34,76,1", name, content).decode()
        return list(csv.reader(io.StringIO(text)))


class Imports:
    def __init__(self, portal):
        self.portal = portal
        token = portal.sign_in("bruno.lefevre@exemple.fr")["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "fr"}
        self.path = f"/v1/portals/{portal.portal}/imports"

    def download(self, path):
        with urlopen(Request(self.portal.address + path, headers=self.headers), timeout=30) as answer:
            return answer.read()

    def call(self, method, path, body=None, **headers):
        return self.portal.call(method, path, body, **self.headers, **headers)

    def dossier(self):
        """The identifier of one that was accepted."""
        listed = self.call("GET", f"/v1/portals/{self.portal.portal}/dossiers")["items"]
        return next(one["id"] for one in listed if one["state"] == "open")

    def upload(self, content):
        return self.call("POST", self.path, content)

    def checked(self, made):
        one = f"{self.path}/{made['id']}"
        self.call("POST", f"{one}/dry-run", {"level": "user"}, if_match=made["etag"])
        ends = time.monotonic() + SECONDS
        while (found := self.call("GET", one))["state"] != "checked":
            assert time.monotonic() < ends, found
            time.sleep(0.05)
        return found


def main():
    portal = Portal()
    try:
        with tempfile.TemporaryDirectory() as folder:
            tried = play(Imports(portal), Office(folder))
    finally:
        portal.stop()
    print(f"LibreOffice: {tried} files opened and saved")


def play(imports, office):
    template = imports.download(f"{imports.path}/template")
    headings = office.rows("template.xlsx", template)[0]
    assert headings[:3] == ["Prénom", "Nom", "Adresse électronique"], headings
    dossier = imports.dossier()
    people = [[cell.format(dossier=dossier) for cell in row] for row in PEOPLE]
    filled = io.StringIO()
    csv.writer(filled).writerows([headings, *people])
    filled = filled.getvalue().encode()
    # Text columns, so that LibreOffice reads nobody's job title as a formula.
    text = "CSV:44,34,76,1," + "/".join(f"{column}/2" for column in range(1, len(headings) + 1))
    files = [
        office.saved_as("xlsx", "filled.csv", filled, text),
        office.saved_as("csv:Text - txt - csv (StarCalc):59,34,76,1", "filled.csv", filled, text),
    ]
    for content in files:
        found = imports.checked(imports.upload(content))
        assert found["counts"] == {"new": 2, "invalid": 1}, found
        rows = office.rows("report.xlsx", imports.download(f"{imports.path}/{found['id']}/report"))
        assert [row[1:10] for row in rows[1:]] == people, rows
        assert [row[10] for row in rows[1:]] == ["À inviter", "À inviter", "Valeur non valide"], rows
    listed = office.rows("people.xlsx", imports.download(f"/v1/portals/{imports.portal.portal}/people/export"))
    assert ["Martin", "Claire"] in [row[:2] for row in listed], listed
    return len(files) + 4


if __name__ == "__main__":
    main()
