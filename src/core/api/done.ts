import type { CommandResult } from "../protocol/commands";

/** The answer to a command of which there is nothing to say but that it was carried out. */
export async function done(command: Promise<Pick<CommandResult, "message">>) {
  const { message } = await command;
  return { success: true as const, message };
}
