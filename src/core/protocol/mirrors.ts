import type { Text } from "../base/words";
import * as z from "zod";
import { commentStyles, creationTimes } from "./terms";

/** A GitHub repository: issues are `owner/name#n` there. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

/** How a plan is mirrored. */
export const mirrorSettingsSchema = z.strictObject({
  /** The server's REST API, without a slash at its end; a token goes nowhere else. */
  apiUrl: z.string(),
  owner: z.string(),
  name: z.string(),
  creates: z.enum(creationTimes),
  comments: z.enum(commentStyles),
  /** Closes a phase's issue when the phase completes. */
  closes: z.boolean(),
  labels: z.array(z.string()),
  /** An issue that is there already becomes the parent; otherwise one is created. */
  parentIssue: z.exactOptional(z.int().positive()),
});
export type MirrorSettings = z.infer<typeof mirrorSettingsSchema>;

/** What keeps a plan from being mirrored to GitHub, as a user is told. */
export interface MirrorTrouble {
  readonly kind:
    /** Nobody is signed in, or the sign-in is not valid any more. */
    | "signIn"
    /** The account or its token may not write there; `url` is where that can be changed. */
    | "forbidden"
    /** It is not known whether something was created. */
    | "unknown"
    /** GitHub refuses one thing; the others go on. */
    | "refused";
  /** In English. */
  readonly message: string;
  /** The same for the user's language. */
  readonly words: Text;
  readonly url?: string;
}
