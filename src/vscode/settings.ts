/** The settings as the manifest has them; the reader is configuration.ts. */

export const section = "phaseHopper";

export const notificationLevels = ["all", "failures", "none"] as const;
export type NotificationLevel = (typeof notificationLevels)[number];

/** Every setting with its default; the manifest repeats them, and a test compares the two. */
export const defaults = {
  runners: {},
  defaultRunner: "shell",
  maxConcurrentPhases: 1,
  autoStart: true,
  timeoutMinutes: 60,
  idleTimeoutMinutes: 15,
  planFiles: {},
  notifications: "all",
  retentionDays: 30,
  retentionMegabytes: 500,
  "api.enabled": false,
  "api.port": 0,
  "workflowHistory.path": "",
  "workflowHistory.pollSeconds": 10,
  "github.repository": "",
  "github.apiUrl": "",
  "github.createIssues": "ready",
  "github.comments": "living",
  "github.closeIssues": true,
  "github.labels": ["phase-hopper"],
} as const;
export type SettingName = keyof typeof defaults;
