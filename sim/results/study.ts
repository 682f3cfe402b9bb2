import { z } from "zod/v4";

import { optionalNumber } from "./parts.ts";

const axisSchema = z.strictObject({
  /** What it measures, with its unit: "training days", "shift gap, vol points". */
  label: z.string(),
  scale: z.enum(["linear", "log"]),
});

/** A point with its 95 % interval where there is one. */
const pointSchema = z.strictObject({
  x: z.number(),
  y: optionalNumber,
  low: optionalNumber,
  high: optionalNumber,
});

const linesSchema = z.strictObject({
  kind: z.literal("lines"),
  title: z.string(),
  /** What to see in it, in one sentence. */
  note: z.string(),
  x: axisSchema,
  y: axisSchema,
  series: z.array(z.strictObject({ name: z.string(), points: z.array(pointSchema) })),
});

const heatSchema = z.strictObject({
  kind: z.literal("heat"),
  title: z.string(),
  note: z.string(),
  /** Names of columns and rows, with what they stand for. */
  columns: z.strictObject({ label: z.string(), names: z.array(z.string()) }),
  rows: z.strictObject({ label: z.string(), names: z.array(z.string()) }),
  /** Unit of the values. */
  unit: z.string(),
  /** By row, then by column. */
  values: z.array(z.array(optionalNumber)),
});

const barsSchema = z.strictObject({
  kind: z.literal("bars"),
  title: z.string(),
  note: z.string(),
  /** Unit of the values. */
  unit: z.string(),
  bars: z.array(z.strictObject({ name: z.string(), value: optionalNumber, low: optionalNumber, high: optionalNumber })),
});

const tableSchema = z.strictObject({
  caption: z.string(),
  /** Headings with their units; the first column names the row. */
  head: z.array(z.string()).min(1),
  rows: z.array(z.array(z.union([z.string(), optionalNumber]))),
  /** Digits after the point of numbers, by column; absent: 1. */
  digits: z.array(z.number().int().min(0).max(8)).optional(),
});

/** A question beyond the main one, with its answer and what shows it. A value that does not exist is null. */
export const studySchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  question: z.string(),
  /** One or two sentences with the numbers that matter. */
  answer: z.string(),
  charts: z.array(z.discriminatedUnion("kind", [linesSchema, heatSchema, barsSchema])),
  tables: z.array(tableSchema),
  /** How it was measured, on what, and what it cannot say; a sentence each. */
  notes: z.array(z.string()),
});

export type StudyResult = z.output<typeof studySchema>;
export type StudyChart = StudyResult["charts"][number];
export type StudyLines = z.output<typeof linesSchema>;
export type StudyHeat = z.output<typeof heatSchema>;
export type StudyBars = z.output<typeof barsSchema>;
export type StudyTable = z.output<typeof tableSchema>;
