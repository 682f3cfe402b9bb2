import jsep from "jsep";
import type { Expression } from "jsep";

import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import type { Results } from "../results/results.ts";
import { judgedCells, metricNamed, metrics } from "./metrics.ts";
import type { Metric, MetricCell } from "./metrics.ts";

/** Null: unknown in this cell, because a metric has no value there. */
type Value = number | boolean | null;
type Evaluate = (results: Results, cell: MetricCell) => Value;

/** A checked `--fail-if` expression. */
export interface FailIf {
  readonly text: string;
  /** Names that a filter such as `loss.mean("FULL", 1)` mentions, to be checked against the run before it starts. */
  readonly filters: readonly (string | number)[];
  /** The cells in which the expression is true, and whether it could be told anywhere at all. */
  judge(results: Results): { readonly broken: readonly MetricCell[]; readonly judged: number; readonly cells: number };
}

const where = "--fail-if";

/**
 * Parses an expression over metric names with comparisons, `&&`, `||`, `!`, arithmetic and numbers. It is judged in
 * every cell (model × preset × severity) and fails a run when true in any. A metric can be narrowed:
 * `loss.upper95("FULL", 1) > 0.1` looks at that preset and severity only, a model's name works the same way.
 * @throws {UserError} for anything else, with the nearest metric name
 */
export function parseFailIf(text: string): FailIf {
  const filters: (string | number)[] = [];
  const evaluate = compile(parse(text), filters, "boolean");
  return {
    text,
    filters,
    judge(results) {
      const cells = judgedCells(results);
      const values = cells.map((cell) => ({ cell, value: evaluate(results, cell) }));
      return {
        broken: values.filter(({ value }) => value === true).map(({ cell }) => cell),
        judged: values.filter(({ value }) => value !== null).length,
        cells: cells.length,
      };
    },
  };
}

function parse(text: string): Expression {
  try {
    return jsep(text);
  } catch (cause) {
    const { description, index } = cause as { description?: string; index?: number };
    throw new UserError(
      {
        where,
        what: `cannot read "${text}": ${description ?? "not an expression"}${index === undefined ? "" : ` at character ${index + 1}`}`,
        expected: `something like "loss.upper95 > 0.1"`,
      },
      cause,
    );
  }
}

type Kind = "number" | "boolean";

function compile(node: Expression, filters: (string | number)[], wanted: Kind): Evaluate {
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "number" && wanted === "number") return () => node.value as number;
      break;
    case "BinaryExpression":
    case "LogicalExpression":
      return compileBinary(node as jsep.BinaryExpression, filters, wanted);
    case "UnaryExpression":
      return compileUnary(node as jsep.UnaryExpression, filters, wanted);
    case "Identifier":
    case "MemberExpression":
      if (wanted === "number") return compileMetric(node, [], filters);
      break;
    case "CallExpression":
      if (wanted === "number") return compileMetric((node as jsep.CallExpression).callee, callFilters(node), filters);
      break;
  }
  throw new UserError({
    where,
    what: wanted === "boolean" ? "nothing is compared" : `a ${describe(node)} cannot stand where a number is needed`,
    expected: `something like "loss.upper95 > 0.1"`,
  });
}

function describe(node: Expression): string {
  if (node.type === "Literal") return `${typeof node.value}`;
  return node.type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

function compileBinary(node: jsep.BinaryExpression, filters: (string | number)[], wanted: Kind): Evaluate {
  const { operator } = node;
  const sides = (kind: Kind) => [compile(node.left, filters, kind), compile(node.right, filters, kind)] as const;
  if (wanted === "boolean" && (operator === "&&" || operator === "||")) {
    const [left, right] = sides("boolean");
    // Three-valued: an unknown side decides only what it cannot change.
    const decisive = operator === "||";
    return (results, cell) => {
      const values = [left(results, cell), right(results, cell)];
      if (values.includes(decisive)) return decisive;
      return values.includes(null) ? null : !decisive;
    };
  }
  const compare = comparisons[operator];
  if (wanted === "boolean" && compare !== undefined) return binary(sides("number"), compare);
  const calculate = arithmetic[operator];
  if (wanted === "number" && calculate !== undefined) {
    const evaluate = binary(sides("number"), calculate);
    return (results, cell) => {
      const value = evaluate(results, cell);
      return Number.isFinite(value) ? value : null;
    };
  }
  throw new UserError({
    where,
    what: `"${operator}" cannot be used ${wanted === "boolean" ? "as the whole expression" : "inside a comparison"}`,
    expected: `one of ${Object.keys(wanted === "boolean" ? comparisons : arithmetic).join(" ")}`,
  });
}

function binary<T extends Value>([left, right]: readonly [Evaluate, Evaluate], apply: (a: number, b: number) => T) {
  return (results: Results, cell: MetricCell): T | null => {
    const [a, b] = [left(results, cell), right(results, cell)];
    return a === null || b === null ? null : apply(a as number, b as number);
  };
}

function compileUnary(node: jsep.UnaryExpression, filters: (string | number)[], wanted: Kind): Evaluate {
  const inner = compile(node.argument, filters, wanted);
  if (node.operator === "!" && wanted === "boolean")
    return (results, cell) => {
      const value = inner(results, cell);
      return value === null ? null : !value;
    };
  if (node.operator === "-" && wanted === "number")
    return (results, cell) => {
      const value = inner(results, cell);
      return value === null ? null : -(value as number);
    };
  throw new UserError({ where, what: `"${node.operator}" cannot be used here` });
}

function compileMetric(node: Expression, narrow: readonly (string | number)[], filters: (string | number)[]): Evaluate {
  const name = dottedName(node);
  const metric = metricNamed(name);
  if (metric === undefined) throw unknownMetric(name);
  filters.push(...narrow);
  return (results, cell) => (narrow.every((filter) => matches(filter, cell)) ? read(metric, results, cell) : null);
}

function read(metric: Metric, results: Results, cell: MetricCell): number | null {
  return metric.value(results, cell);
}

function matches(filter: string | number, { model, preset, severity }: MetricCell): boolean {
  return typeof filter === "number" ? filter === severity : filter === model || filter === preset;
}

function callFilters(node: Expression): (string | number)[] {
  return (node as jsep.CallExpression).arguments.map((argument) => {
    const value = argument.type === "Literal" ? argument.value : undefined;
    if (typeof value === "string" || typeof value === "number") return value;
    throw new UserError({
      where,
      what: "a metric can be narrowed by names in quotes and by a severity only",
      expected: `something like loss.mean("FULL", 1) > 0.1`,
    });
  });
}

function dottedName(node: Expression): string {
  if (node.type === "Identifier") return node.name as string;
  const member = node as jsep.MemberExpression;
  if (node.type === "MemberExpression" && !member.computed)
    return `${dottedName(member.object)}.${member.property.name as string}`;
  throw new UserError({ where, what: `a ${describe(node)} is no metric`, expected: "a metric's name" });
}

function unknownMetric(name: string): UserError {
  const names = metrics.map((metric) => metric.name);
  return new UserError({
    where,
    what: `unknown metric "${name}"${didYouMean(name, names) || "."} All: ${names.join(", ")}`,
  });
}
