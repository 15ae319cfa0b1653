import { figure, isWhole, seed } from "../support/extent";
import { inWords, soak } from "./soak";

// A part of it would prove little; `npm run soak` takes as long as one likes.
if (isWhole) {
  describe("a queue in use", () => {
    it("for a minute, with kills, reloads, a slow disk and people who meddle: its books balance", async () => {
      const seconds = 60;
      const result = await soak({ seconds, seed });
      figure("soak", `${seconds} s, ${inWords(result)}`);
    });
  });
}
