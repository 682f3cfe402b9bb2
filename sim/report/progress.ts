import { Presets, SingleBar } from "cli-progress";

import type { Phase, ProgressEvent } from "../experiment/request.ts";

const titles: Readonly<Record<Phase, string>> = {
  compile: "compile contracts",
  train: "train on calm",
  score: "score out of regime",
  controls: "run controls",
  chain: "run on chain",
  measure: "measure",
  studies: "answer studies",
};

const width = Math.max(...Object.values(titles).map(({ length }) => length)) + 2;

/** Where progress goes. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/**
 * Shows how far an experiment is: a bar with the time left on a terminal; elsewhere one line a phase, when it ends.
 * @param seconds - a clock
 */
export function progressLines(
  stream: ProgressStream & NodeJS.WritableStream,
  bars: boolean,
  seconds: () => number,
): { on(event: ProgressEvent): void; stop(): void } {
  const started = new Map<Phase, number>();
  let bar: SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    stop,
    on(event) {
      if (event.kind === "started") {
        started.set(event.phase, seconds());
        stop();
        if (bars) bar = openBar(stream, event.phase, event.total);
      } else if (event.kind === "advanced") {
        bar?.setTotal(event.total);
        bar?.update(event.done);
      } else {
        stop();
        const elapsed = seconds() - (started.get(event.phase) ?? seconds());
        stream.write(
          `  ${titles[event.phase].padEnd(width)}done ${elapsed.toFixed(0).padStart(3)} s  ${event.detail}\n`,
        );
      }
    },
  };
}

function openBar(stream: NodeJS.WritableStream, phase: Phase, total: number | undefined): SingleBar {
  const counted = total !== undefined;
  const bar = new SingleBar(
    {
      stream,
      format: `  ${titles[phase].padEnd(width)}${counted ? "{bar}   {value}/{total}   ETA {eta_formatted}" : "…"}`,
      barsize: 24,
      etaBuffer: 20,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      linewrap: null,
      // The signal is the command's to handle: it restores the cursor through `stop`.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total ?? 1, 0);
  return bar;
}
