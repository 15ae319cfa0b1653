import type { Disposable } from "../../core/base/lifecycle";
import { LogFollower, type LogFollowerOptions } from "./logFollower";

/** The logs that are open in one card, by their attempts. */
export class LogFollowers implements Disposable {
  private readonly open = new Map<string, LogFollower>();
  private visible = true;

  /**
   * Follows an attempt's output. One that is followed already is begun anew: whoever asks again has
   * lost what it was sent.
   *
   * @param folder the attempt's folder.
   */
  follow(attemptId: string, folder: string, options: LogFollowerOptions): void {
    this.unfollow(attemptId);
    const follower = new LogFollower(folder, options);
    follower.setVisible(this.visible);
    this.open.set(attemptId, follower);
  }

  unfollow(attemptId: string): void {
    this.open.get(attemptId)?.dispose();
    this.open.delete(attemptId);
  }

  /** Rests all while the panel is hidden. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    this.open.forEach((follower) => follower.setVisible(visible));
  }

  dispose(): void {
    this.open.forEach((follower) => follower.dispose());
    this.open.clear();
  }
}
