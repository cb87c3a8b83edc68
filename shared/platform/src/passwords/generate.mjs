// Writes common.txt: passwords that many people use, one a line, sorted.
//
//   npm install --no-save zxcvbn@4.4.2 && node generate.mjs
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = process.argv[2] ?? "zxcvbn";
const { passwords } = createRequire(import.meta.url)(`${source}/lib/frequency_lists.js`);
const french = `azerty azertyuiop qsdfghjklm wxcvbn motdepasse bonjour soleil doudou loulou chouchou
  jetaime marseille coucou chocolat princesse nicolas camille caramel toulouse guichet portail
  france liberte egalite fraternite republique administration ministere prefecture mairie`;
const most = passwords.slice(0, 10000).filter((word) => word.length >= 4);
const words = [...new Set([...most, ...french.split(/\s+/)])].sort();
writeFileSync(new URL("common.txt", import.meta.url), `${words.join("\n")}\n`);
