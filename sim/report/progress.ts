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
  const started = new Map<string, number>();
  let bar: SingleBar | undefined;
  let isCounted = false;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const open = (title: string, total: number | undefined) => {
    stop();
    isCounted = total !== undefined;
    if (bars) bar = openBar(stream, title, total);
  };
  return {
    stop,
    on(event) {
      const title = event.part === undefined ? titles[event.phase] : `study ${event.part}`;
      if (event.kind === "started") {
        started.set(title, seconds());
        open(title, event.total);
      } else if (event.kind === "advanced") {
        // Some learn only on their way how much there is to do.
        if (!isCounted) open(title, event.total);
        bar?.setTotal(event.total);
        bar?.update(event.done);
      } else {
        stop();
        const elapsed = seconds() - (started.get(title) ?? seconds());
        const line = `  ${`${title} `.padEnd(width)}done ${elapsed.toFixed(0).padStart(3)} s  ${event.detail}`;
        stream.write(`${line.trimEnd()}\n`);
      }
    },
  };
}

function openBar(stream: NodeJS.WritableStream, title: string, total: number | undefined): SingleBar {
  const counted = total !== undefined;
  const bar = new SingleBar(
    {
      stream,
      format: `  ${`${title} `.padEnd(width)}${counted ? "{bar}   {value}/{total}   ETA {eta_formatted}" : "…"}`,
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
