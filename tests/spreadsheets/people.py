"""Writes so many people as csv, always the same ones, with the accents and marks of real names."""

import csv
import sys

FIRST = ["Zoé", "Anaïs", "Jean-Pierre", "Chloé", "François", "Maëlle", "Nguyễn", "Éloïse", "Siân", "Björn"]
LAST = ["Blanc", "d’Arc", "Lefèvre", "Saint-Exupéry", "Ünal", "O’Neill", "Ngô", "Dupré", "Le Goff", "García"]
LEVELS = ["", "Utilisateur", "Vérificateur", "Gestionnaire", "Administrateur"]

count = int(sys.argv[1])
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["Prénom", "Nom", "Adresse électronique", "Fonction", "Niveau"])
for number in range(count):
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    email = f"personne.{number + 1:04}@import.exemple.fr"
    title = "Chargée de mission ; Œuvres sociales" if number % 3 == 0 else ""
    out.writerow([first, last, email, title, LEVELS[number % 5]])
