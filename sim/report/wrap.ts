/** Columns that text on a terminal keeps within. */
export const TERMINAL_WIDTH = 120;

/**
 * Breaks text at blanks into lines of at most `width` characters, each after `indent`. Lines that the text has already
 * stay; a word longer than a line gets one of its own.
 *
 * @param text - without colours
 * @param indent - what every line begins with, within the width
 * @param width - characters a line, its indent counted
 */
export function wrap(text: string, indent = "", width = TERMINAL_WIDTH): string {
  return text
    .split("\n")
    .flatMap((line) => linesOf(line, width - indent.length))
    .map((line) => indent + line)
    .join("\n");
}

function linesOf(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(text)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [""] : lines;
}

/** Words, with an interval in brackets and a percent sign kept whole. */
function wordsOf(text: string): string[] {
  return text.match(/\[[^\]\s]+, [^\]\s]+\]\S*|\S+(?: %[^\s\w]*(?=\s|$))?/g) ?? [];
}
