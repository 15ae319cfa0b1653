import type { JSX } from "preact";

/** What tells bars apart beside their colour: failed attempts are hatched, left out pauses dotted. */
export function TimelinePatterns({ id }: { readonly id: string }): JSX.Element {
  return (
    <defs>
      <pattern
        id={`${id}hatch`}
        width={6}
        height={6}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="timeline-hatch" width={2} height={6} />
      </pattern>
      <pattern id={`${id}pause`} width={8} height={8} patternUnits="userSpaceOnUse">
        <path class="timeline-zigzag" d="M0 8L4 4L8 8M0 0L4 4L8 0" />
      </pattern>
    </defs>
  );
}
