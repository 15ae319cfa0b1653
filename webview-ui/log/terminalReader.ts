/** What a stream of terminal output asks for, piece by piece. */
export interface TerminalActions {
  /** One printable code point. */
  print(char: string): void;
  /** A control character that belongs to no escape sequence. */
  control(code: number): void;
  /** A control sequence: "1;31" and "m". */
  controlSequence(parameters: string, final: string): void;
}

/** Longer parameters mean nothing that we draw; the rest of them is not kept. */
const longestParameters = 128;

const lineFeed = 0x0a;
const bell = 0x07;
const cancel = 0x18;
const substitute = 0x1a;
const escape = 0x1b;
const stringTerminator = 0x9c;

/**
 * Takes terminal output apart. It keeps its place between two writes, so a sequence may be split
 * anywhere. Sequences other than control sequences are passed over; a line feed ends whatever is
 * open, so a sequence that was cut off takes one line with it at most.
 *
 * This is our own because the small libraries parse whole texts: a sequence that is split between
 * two of them is lost or shown. A whole terminal (xterm) weighs more than the card itself.
 */
export class TerminalReader {
  private state: "text" | "escape" | "charset" | "sequence" | "string" = "text";
  private parameters = "";

  constructor(private readonly actions: TerminalActions) {}

  write(text: string): void {
    for (const char of text) {
      this.read(char, char.codePointAt(0) ?? 0);
    }
  }

  /** Forgets an open sequence: what follows does not continue what came before. */
  reset(): void {
    this.state = "text";
  }

  private read(char: string, code: number): void {
    if (code === lineFeed) {
      this.state = "text";
      this.actions.control(code);
    } else if (code === cancel || code === substitute) {
      this.state = "text";
    } else if (code === escape) {
      this.state = "escape";
    } else {
      this.readIn[this.state](char, code);
    }
  }

  private readonly readIn: Readonly<
    Record<TerminalReader["state"], (char: string, code: number) => void>
  > = {
    text: (char, code) => {
      if (code === 0x9b) {
        this.openSequence();
      } else if (isStringStart(code)) {
        this.state = "string";
      } else if (isControl(code)) {
        this.actions.control(code);
      } else {
        this.actions.print(char);
      }
    },
    escape: (char, code) => {
      if (char === "[") {
        this.openSequence();
      } else if ("]PX^_".includes(char)) {
        this.state = "string";
      } else if (code >= 0x20 && code <= 0x2f) {
        this.state = "charset";
      } else {
        this.controlInside(code);
      }
    },
    charset: (_char, code) => {
      if (code < 0x20 || code > 0x2f) {
        this.controlInside(code);
      }
    },
    sequence: (char, code) => {
      if (code >= 0x20 && code <= 0x3f) {
        if (this.parameters.length < longestParameters) {
          this.parameters += char;
        }
      } else if (code >= 0x40 && code <= 0x7e) {
        this.state = "text";
        this.actions.controlSequence(this.parameters, char);
      } else {
        this.controlInside(code);
      }
    },
    string: (_char, code) => {
      if (code === bell || code === stringTerminator) {
        this.state = "text";
      }
    },
  };

  private openSequence(): void {
    this.state = "sequence";
    this.parameters = "";
  }

  /** Terminals obey a control character inside a sequence and go on with it; others end it. */
  private controlInside(code: number): void {
    if (code < 0x20) {
      this.actions.control(code);
    } else {
      this.state = "text";
    }
  }
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** The one-character forms of what opens a string that no terminal prints. */
function isStringStart(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}
