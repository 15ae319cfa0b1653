import { mkdirSync, writeFileSync } from "node:fs";
import { l10nBundle } from "./l10nTexts";

mkdirSync("l10n", { recursive: true });
writeFileSync("l10n/bundle.l10n.json", l10nBundle());
