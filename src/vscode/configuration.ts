import * as vscode from "vscode";
import { HopperError } from "../core/base/errors";
import type { Retention } from "../core/coordinator/retention";
import type { RunnerDefinition, Runners } from "../core/protocol/runners";
import { builtInRunners } from "../core/runner/presets";
import { defineRunners } from "../core/runner/runnerConfig";
import {
  defaults,
  type NotificationLevel,
  notificationLevels,
  section,
  type SettingName,
} from "./settings";

/**
 * Reads the settings, typed. What the user typed may be anything: a value of the wrong type counts as
 * the default, and a runner that is wrong is said once and left out with all others of the setting.
 */
export class Configuration implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listener: vscode.Disposable;
  private known: { readonly key: string; readonly runners: Runners } | undefined;

  /** Fires when any of our settings changed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly onBadRunners: (message: string) => void) {
    this.listener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) {
        this.changed.fire();
      }
    });
  }

  /** All runners that can be named, with the time-outs of the settings where they have none. */
  runners(): Runners {
    const entries = this.read("runners");
    const minutes = [this.positive("timeoutMinutes"), this.positive("idleTimeoutMinutes")] as const;
    const key = JSON.stringify([entries, minutes]);
    if (this.known?.key !== key) {
      const all = [...this.define(entries)].map(
        ([name, runner]) => [name, withTimeouts(runner, ...minutes)] as const,
      );
      this.known = { key, runners: new Map(all) };
    }
    return this.known.runners;
  }

  /** The runner of phases that name none, as the enqueue offers it. */
  defaultRunner(): string {
    const name = this.text("defaultRunner");
    return this.runners().has(name) ? name : defaults.defaultRunner;
  }

  maxConcurrentPhases(folder: vscode.Uri): number {
    return Math.max(1, Math.trunc(this.positive("maxConcurrentPhases", folder)));
  }

  autoStart(folder: vscode.Uri): boolean {
    const value = this.read("autoStart", folder);
    return typeof value === "boolean" ? value : defaults.autoStart;
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

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private define(entries: unknown): Runners {
    try {
      if (!isRecordOfRecords(entries)) {
        throw new HopperError(
          "usage",
          `The setting ${section}.runners is not an object of objects.`,
        );
      }
      return defineRunners(entries, `The setting ${section}.runners`);
    } catch (error) {
      if (!(error instanceof HopperError)) {
        throw error;
      }
      this.onBadRunners(error.message);
      return builtInRunners;
    }
  }

  private text(name: "defaultRunner"): string {
    const value = this.read(name);
    return typeof value === "string" ? value : defaults[name];
  }

  private positive(
    name:
      | "maxConcurrentPhases"
      | "timeoutMinutes"
      | "idleTimeoutMinutes"
      | "retentionDays"
      | "retentionMegabytes",
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
      return { ...runner, timeout: runner.timeout ?? Math.round(timeoutMinutes * 60) };
    case "command":
      return {
        ...runner,
        timeout: runner.timeout ?? Math.round(timeoutMinutes * 60),
        idleTimeout: isBuiltIn(runner)
          ? Math.round(idleMinutes * 60)
          : (runner.idleTimeout ?? Math.round(idleMinutes * 60)),
      };
    case "external":
    case "manual":
      return runner;
  }
}

/** The presets name the default themselves, which must not hide the setting. */
function isBuiltIn(runner: RunnerDefinition): boolean {
  return [...builtInRunners.values()].includes(runner);
}

function isRecordOfRecords(value: unknown): value is Record<string, Record<string, unknown>> {
  return isRecord(value) && Object.values(value).every(isRecord);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
