import { EventEmitter } from "../../../../src/core/base/event";
import type { OutsideHistory, OutsideRows } from "../../../../src/core/coordinator/workflowHistory";
import type { WorkflowRow } from "../../../../src/core/coordinator/workflowRow";

/** The file of an outside program as the test says it reads. */
export class FakeOutside implements OutsideHistory {
  file = "/outside.db";
  private readonly emitter = new EventEmitter<OutsideRows>((error) => {
    throw error;
  });
  private number = 0;
  private last: OutsideRows | undefined;

  readonly onDidRead = this.emitter.event;

  /** The file has these rows from now on, and is read. */
  read(...rows: readonly Partial<WorkflowRow>[]): void {
    this.number += 1;
    this.last = {
      file: this.file,
      number: this.number,
      rows: rows.map((row, index) => ({
        key: `file:${index + 1}`,
        status: "running",
        position: index + 1,
        ...row,
      })),
    };
    this.emitter.fire(this.last);
  }

  /** Somebody writes to the file, and nobody has read it yet. */
  change(): void {
    this.last = undefined;
  }

  current(): OutsideRows | undefined {
    return this.last;
  }

  readSoon(): number {
    return this.number + 1;
  }

  dispose(): void {
    this.emitter.dispose();
  }
}
