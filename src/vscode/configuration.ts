import { homedir } from "node:os";
import { resolve } from "node:path";
import * as vscode from "vscode";
import { errorInWords, HopperError } from "../core/base/errors";
import { words } from "../core/base/words";
import type { OutsideFileSettings } from "../core/coordinator/outsideFile";
import type { Retention } from "../core/coordinator/retention";
import { parseApiUrl, publicApiUrl } from "../core/github/repository";
import type { MirrorSettings } from "../core/protocol/mirrors";
import { commentStyles, creationTimes } from "../core/protocol/terms";
import type { RunnerDefinition, Runners } from "../core/protocol/runners";
import { builtInRunners } from "../core/runner/presets";
import type { defineRunners } from "../core/runner/runnerConfig";
import { t } from "./l10n";
import {
  defaults,
  type NotificationLevel,
  notificationLevels,
  section,
  type SettingName,
} from "./settings";

/** As the manifest says; a settings file may say anything. */
const mostConcurrentPhases = 64;

/**
 * Reads the settings, typed. What the user typed may be anything: a value of the wrong type counts as
 * the default, and a runner that is wrong is said once and left out with all others of the setting.
 */
export class Configuration implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listener: vscode.Disposable;
  private known: Runners | undefined;
  private parse: typeof defineRunners | undefined;
  private loading: Promise<void> | undefined;

  /** Fires when any of our settings changed. */
  readonly onDidChange = this.changed.event;

  /** @param onBad is told what in the settings is wrong, once for each change of them. */
  constructor(private readonly onBad: (message: string) => void) {
    this.listener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) {
        this.known = undefined;
        this.changed.fire();
      }
    });
  }

  /**
   * Makes {@link runners} know the user's own too; before that it may know the built-in ones only. What
   * checks them is loaded here, since most users have none.
   */
  async prepare(): Promise<void> {
    if (!isEmpty(this.read("runners"))) {
      this.loading ??= this.load();
      await this.loading;
    }
  }

  /** All runners that can be named, with the time-outs of the settings where they have none. */
  runners(): Runners {
    if (!this.known) {
      const entries = this.read("runners");
      const minutes = [
        this.positive("timeoutMinutes"),
        this.positive("idleTimeoutMinutes"),
      ] as const;
      const all = [...this.define(entries)].map(
        ([name, runner]) => [name, withTimeouts(runner, ...minutes)] as const,
      );
      this.known = new Map(all);
    }
    return this.known;
  }

  /** The runner of phases that name none, as the enqueue offers it. */
  defaultRunner(): string {
    const name = this.text("defaultRunner");
    if (this.runners().has(name)) {
      return name;
    }
    const fallback = defaults.defaultRunner;
    this.onBad(
      t(
        'The setting {0} names "{1}", which is no runner: "{2}" is offered instead.',
        `${section}.defaultRunner`,
        name,
        fallback,
      ),
    );
    return fallback;
  }

  maxConcurrentPhases(folder: vscode.Uri): number {
    const wanted = Math.trunc(this.positive("maxConcurrentPhases", folder));
    return Math.min(Math.max(1, wanted), mostConcurrentPhases);
  }

  autoStart(folder: vscode.Uri): boolean {
    const value = this.read("autoStart", folder);
    return typeof value === "boolean" ? value : defaults.autoStart;
  }

  /** Globs of Markdown files that are plans, or are none, whatever is in them. */
  planFiles(folder: vscode.Uri): ReadonlyMap<string, boolean> {
    const value = this.read("planFiles", folder);
    const entries = isRecord(value) ? Object.entries(value) : [];
    return new Map(entries.filter((entry): entry is [string, boolean] => isBoolean(entry[1])));
  }

  notifications(): NotificationLevel {
    const value = this.read("notifications");
    return notificationLevels.find((level) => level === value) ?? defaults.notifications;
  }

  retention(): Retention {
    return {
      days: this.positive("retentionDays"),
      bytes: this.positive("retentionMegabytes") * 1024 * 1024,
    };
  }

  /** The port at which programs are let in over TCP, 0 for any that is free; undefined while off. */
  apiPort(): number | undefined {
    const port = Math.trunc(this.positive("api.port"));
    return this.read("api.enabled") === true ? Math.min(port, 65_535) : undefined;
  }

  /** Where outside programs note their workflows, `~` being the user's home; undefined where nowhere. */
  workflowHistory(folder: vscode.Uri): OutsideFileSettings | undefined {
    const path = this.text("workflowHistory.path").replace(/^~(?=$|[\\/])/, homedir());
    const seconds = Math.max(1, this.positive("workflowHistory.pollSeconds"));
    return path === ""
      ? undefined
      : { path: resolve(folder.fsPath, path), pollMilliseconds: seconds * 1000 };
  }

  /** How plans are mirrored to GitHub; an empty repository is that of the Git remote. */
  github(folder: vscode.Uri): Omit<MirrorSettings, "apiUrl" | "owner" | "name"> & {
    readonly repository: string;
  } {
    const repository = this.read("github.repository", folder);
    const creates = this.read("github.createIssues", folder);
    const comments = this.read("github.comments", folder);
    const labels = this.read("github.labels", folder);
    return {
      repository: typeof repository === "string" ? repository.trim() : "",
      creates: creationTimes.find((time) => time === creates) ?? "ready",
      comments: commentStyles.find((style) => style === comments) ?? "living",
      closes: this.read("github.closeIssues", folder) !== false,
      labels: Array.isArray(labels) ? labels.filter((label) => typeof label === "string") : [],
    };
  }

  /**
   * Where GitHub's REST API is. An address that makes no sense is none of a server: what was meant for
   * a server of its own must not go to github.com.
   */
  githubApiUrl(): string {
    const text = this.read("github.apiUrl");
    if (typeof text !== "string" || text.trim() === "") {
      return publicApiUrl;
    }
    try {
      return parseApiUrl(text);
    } catch {
      return text;
    }
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private async load(): Promise<void> {
    const { defineRunners } = await import("../core/runner/runnerConfig");
    this.parse = defineRunners;
    this.known = undefined;
    this.changed.fire();
  }

  private define(entries: unknown): Runners {
    if (isEmpty(entries)) {
      return builtInRunners;
    }
    if (!this.parse) {
      void this.prepare();
      return builtInRunners;
    }
    try {
      if (!isRecordOfRecords(entries)) {
        throw new HopperError(
          "usage",
          t("The setting {0}.runners is not an object of objects.", section),
        );
      }
      return this.parse(entries, words`The setting ${`${section}.runners`}`);
    } catch (error) {
      if (!(error instanceof HopperError)) {
        throw error;
      }
      this.onBad(errorInWords(error));
      return builtInRunners;
    }
  }

  private text(name: "defaultRunner" | "workflowHistory.path"): string {
    const value = this.read(name);
    return typeof value === "string" ? value : defaults[name];
  }

  private positive(
    name:
      | "maxConcurrentPhases"
      | "timeoutMinutes"
      | "idleTimeoutMinutes"
      | "retentionDays"
      | "retentionMegabytes"
      | "api.port"
      | "workflowHistory.pollSeconds",
    scope?: vscode.Uri,
  ): number {
    const value = this.read(name, scope);
    return typeof value === "number" && value >= 0 ? value : defaults[name];
  }

  private read(name: SettingName, scope?: vscode.Uri): unknown {
    return vscode.workspace.getConfiguration(section, scope).get<unknown>(name);
  }
}

/** A runner's own time-outs win; agents alone have a limit on silence. */
function withTimeouts(
  runner: RunnerDefinition,
  timeoutMinutes: number,
  idleMinutes: number,
): RunnerDefinition {
  switch (runner.kind) {
    case "shell":
      return { ...runner, timeout: runner.timeout ?? secondsOf(timeoutMinutes) };
    case "command":
      return {
        ...runner,
        timeout: runner.timeout ?? secondsOf(timeoutMinutes),
        idleTimeout: isBuiltIn(runner)
          ? secondsOf(idleMinutes)
          : (runner.idleTimeout ?? secondsOf(idleMinutes)),
      };
    case "external":
    case "manual":
      return runner;
  }
}

/** Rounded up: 0 would be no limit at all. */
function secondsOf(minutes: number): number {
  return Math.ceil(minutes * 60);
}

/** The presets name the default themselves, which must not hide the setting. */
function isBuiltIn(runner: RunnerDefinition): boolean {
  return [...builtInRunners.values()].includes(runner);
}

function isEmpty(entries: unknown): boolean {
  return isRecord(entries) && Object.keys(entries).length === 0;
}

function isRecordOfRecords(value: unknown): value is Record<string, Record<string, unknown>> {
  return isRecord(value) && Object.values(value).every(isRecord);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
