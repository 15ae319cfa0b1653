import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import {
  capabilities,
  cardViewType,
  commands,
  contextKeys,
  itemCommands,
  statusColors,
  views,
} from "../../../src/vscode/contributions";
import { phaseStatuses } from "../../../src/core/protocol/terms";
import { pictureColors } from "../../../src/vscode/editor/statusPicture";
import { mostPressing } from "../../../src/vscode/queues/queueState";
import { defaults, section } from "../../../src/vscode/settings";

const menuItem = z.object({ command: z.string(), when: z.string().optional() });
/** An entry that opens other entries. */
const menuOfItems = z.object({ submenu: z.string(), when: z.string() });
const setting = z.looseObject({
  default: z.unknown(),
  scope: z.enum(["machine", "machine-overridable", "application", "window", "resource"]),
  markdownDescription: z.string(),
});
const manifestSchema = z.object({
  activationEvents: z.array(z.string()),
  capabilities: z.object({
    untrustedWorkspaces: z.object({
      supported: z.literal("limited"),
      description: z.string(),
      restrictedConfigurations: z.array(z.string()),
    }),
  }),
  contributes: z.object({
    viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string() })) }),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
    viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string() })),
    commands: z.array(
      z.object({
        command: z.string(),
        title: z.string(),
        category: z.literal("Phase Hopper"),
        icon: z.string().regex(/^\$\([a-z-]+\)$/),
        enablement: z.string(),
      }),
    ),
    submenus: z.array(z.object({ id: z.string(), label: z.string() })),
    menus: z.record(z.string(), z.array(z.union([menuItem, menuOfItems]))),
    keybindings: z.array(z.object({ ...menuItem.shape, key: z.string(), when: z.string() })),
    walkthroughs: z.array(
      z.object({
        steps: z.array(
          z.object({
            media: z.object({ markdown: z.string() }),
            completionEvents: z.array(z.string()).min(1),
          }),
        ),
      }),
    ),
    colors: z.array(
      z.object({
        id: z.string(),
        defaults: z.object({ light: z.string(), dark: z.string() }),
      }),
    ),
    configuration: z.object({ properties: z.record(z.string(), setting) }),
  }),
});

const text = readFileSync("package.json", "utf8");
const manifest = manifestSchema.parse(JSON.parse(text));
const { contributes } = manifest;
const texts = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync("package.nls.json", "utf8")));
const sorted = (values: Iterable<string>): string[] => [...values].sort();
const menuEntries = Object.values(contributes.menus).flat();
const menuItems = menuEntries.filter((entry) => "command" in entry);
const whens = [
  ...[...menuEntries, ...contributes.keybindings, ...contributes.viewsWelcome].map(
    ({ when = "" }) => when,
  ),
  ...contributes.commands.map(({ enablement }) => enablement),
];

describe("the manifest", () => {
  it("contributes exactly the commands that the code registers", () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(commands)),
    );
  });

  it("names no command in a menu, key binding or welcome text that does not exist", () => {
    const ours = new Set<string>([...Object.values(commands), `${views.queue}.focus`]);
    const linked = Object.values(texts).flatMap((value) =>
      [...value.matchAll(/\(command:(phaseHopper[\w.]*)\)/g)].map(([, id = ""]) => id),
    );
    const used = [...menuItems, ...contributes.keybindings].map(({ command }) => command);
    assert.deepEqual(
      [...linked, ...used].filter((command) => !ours.has(command)),
      [],
    );
    assert.ok(linked.length > 0);
  });

  it("shows every command somewhere, and those for rows alone not in the palette", () => {
    const palette = menuItems.filter((item) => contributes.menus["commandPalette"]?.includes(item));
    for (const command of Object.values(commands)) {
      const hidden = palette.some((item) => item.command === command && item.when === "false");
      assert.equal(hidden, itemCommands.includes(command), command);
      const elsewhere = menuItems.some((item) => item.command === command && item.when !== "false");
      assert.ok(!hidden || elsewhere, `${command} cannot be reached`);
    }
  });

  it("opens each submenu somewhere, and fills it", () => {
    const opened = menuEntries.flatMap((entry) => ("submenu" in entry ? [entry.submenu] : []));
    const ids = contributes.submenus.map(({ id }) => id);
    assert.deepEqual(sorted(new Set(opened)), sorted(ids));
    assert.ok(ids.every((id) => (contributes.menus[id]?.length ?? 0) > 0));
  });

  it("asks for no key that is never set", () => {
    const sources = readdirSync("src/vscode", { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join("src/vscode", name), "utf8"));
    for (const name of Object.keys(contextKeys)) {
      assert.ok(
        sources.some((source) => source.includes(`contextKeys.${name}`)),
        name,
      );
    }
  });

  it("asks in its when clauses only for keys that the code or the editor sets", () => {
    const known = new Set<string>([
      ...Object.values(contextKeys),
      ...["view", "viewItem", "focusedView", "inputFocus", "isWorkspaceTrusted"],
      ...["workspaceFolderCount", "resourceLangId", "resourceScheme"],
    ]);
    const asked = whens.flatMap((when) =>
      when
        .split(/&&|\|\|/)
        .map((part) => part.trim().replace(/^!/, ""))
        .filter((part) => !["", "true", "false"].includes(part))
        .map((part) => part.split(/\s/)[0] ?? ""),
    );
    assert.deepEqual(
      asked.filter((key) => !known.has(key)),
      [],
    );
    const completing = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) => completionEvents),
    );
    for (const key of Object.values(contextKeys)) {
      assert.ok(
        asked.includes(key) || completing.includes(`onContext:${key}`),
        `${key} is set and never asked for`,
      );
    }
  });

  it("compares the state with states that there are", () => {
    const states = new Set<string>([...mostPressing, "none"]);
    const compared = whens.flatMap((when) =>
      [...when.matchAll(/phaseHopper\.state [!=]= (\w+)/g)].map(([, state = ""]) => state),
    );
    assert.ok(compared.length > 0);
    assert.deepEqual(
      compared.filter((state) => !states.has(state)),
      [],
    );
  });

  it("looks in rows for words that rows have, and for each of them", () => {
    const asked = new Set(
      whens.flatMap((when) =>
        [...when.matchAll(/viewItem =~ \/ (\w+) \//g)].map(([, w = ""]) => w),
      ),
    );
    assert.deepEqual(sorted(asked), sorted([...capabilities, "phase", "plan"]));
  });

  it("has a text for each key, and a key for each text", () => {
    const asked = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map(([, key = ""]) => key));
    assert.deepEqual(sorted(asked), sorted(Object.keys(texts)));
  });

  it("contributes the view and the colours that the code names", () => {
    assert.deepEqual(
      Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id)),
      Object.values(views),
    );
    assert.ok(contributes.viewsContainers.activitybar.every(({ id }) => id in contributes.views));
    assert.deepEqual(
      sorted(contributes.colors.map(({ id }) => id)),
      sorted(Object.values(statusColors)),
    );
    assert.deepEqual(
      new Map(contributes.colors.map(({ id, defaults }) => [id, defaults])),
      new Map(phaseStatuses.map((status) => [statusColors[status], pictureColors[status]])),
    );
  });

  it("gives every setting the default that the code has", () => {
    const properties = Object.entries(contributes.configuration.properties);
    assert.deepEqual(
      Object.fromEntries(properties.map(([name, { default: value }]) => [name, value])),
      Object.fromEntries(Object.entries(defaults).map(([name, v]) => [`${section}.${name}`, v])),
    );
  });

  it("lets no workspace set what chooses a program or carries a secret", () => {
    const telling = /command|path|args|env\b|environment|shell|agent|port\b|url|token|program/i;
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const [name, { scope, markdownDescription }] of Object.entries(
      contributes.configuration.properties,
    )) {
      const key = markdownDescription.replaceAll("%", "");
      if (telling.test(name) || telling.test(texts[key] ?? "")) {
        assert.ok(scope === "machine" || scope === "application", `${name} is ${scope}`);
        assert.ok(restrictedConfigurations.includes(name), `${name} is not restricted`);
      }
    }
    const choosesProgram = ["runners", "defaultRunner"].map((name) => `${section}.${name}`);
    for (const name of choosesProgram) {
      assert.equal(contributes.configuration.properties[name]?.scope, "machine");
      assert.ok(restrictedConfigurations.includes(name));
    }
  });

  it("is activated by nothing but Markdown, a folder that has a queue, and a card that was open before", () => {
    const others = manifest.activationEvents.filter(
      (event) => !event.startsWith("workspaceContains:.hopper/"),
    );
    assert.deepEqual(others, ["onLanguage:markdown", `onWebviewPanel:${cardViewType}`]);
  });

  it("takes no key where something of the editor's has the focus, nor one key twice", () => {
    const keys = contributes.keybindings.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    for (const { key, when } of contributes.keybindings) {
      assert.match(when, /^focusedView == phaseHopper\.queue && !inputFocus$/, key);
    }
  });

  it("ends each step of its walkthrough with something that happens", () => {
    const ours = new Set<string>([
      ...Object.values(commands).map((id) => `onCommand:${id}`),
      ...Object.values(contextKeys).map((key) => `onContext:${key}`),
      `onView:${views.queue}`,
    ]);
    const steps = contributes.walkthroughs.flatMap(({ steps: all }) => all);
    assert.ok(steps.length >= 4);
    for (const { completionEvents } of steps) {
      assert.deepEqual(
        completionEvents.filter((event) => !ours.has(event)),
        [],
      );
    }
  });

  it("names only files that there are", () => {
    const files = new Set(
      readdirSync("media", { recursive: true, encoding: "utf8" }).map((name) =>
        join("media", name),
      ),
    );
    const named = [...text.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, path = ""]) => path);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((path) => !files.has(path)),
      [],
    );
  });
});
