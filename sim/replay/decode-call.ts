import { decodeFunctionData, isAddress, size, type AbiFunction, type AbiParameter, type Address, type Hex } from "viem";
import type { Labels } from "./labels.ts";

/** A call in words, with the calls that it carries. */
export interface DecodedCall {
  /** `OptionVault.buy(id: 7, size: 3)`; the selector and size of the data where no ABI fits. */
  readonly text: string;
  /** Calls inside its arguments, such as the steps of an account contract. */
  readonly steps: readonly DecodedCall[];
}

/** Decodes calldata by the ABI that belongs to the called contract, and the calls inside it. */
export function decodeCall(to: Address, data: Hex, labels: Labels): DecodedCall {
  const target = labels.nameOf(to);
  const abi = labels.abiOf(to);
  if (data === "0x") return { text: `${target}: plain transfer`, steps: [] };
  const undecoded = { text: `${target}: call ${data.slice(0, 10)} with ${size(data)} bytes of data`, steps: [] };
  if (abi === undefined) return undecoded;
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    const { inputs } = abi.find(
      (item): item is AbiFunction =>
        item.type === "function" && item.name === functionName && item.inputs.length === args.length,
    )!;
    const steps: DecodedCall[] = [];
    const texts = inputs.map((input, index) => named(input, index, render(input, args[index], labels, steps)));
    return { text: `${target}.${functionName}(${texts.join(", ")})`, steps };
  } catch {
    return undecoded;
  }
}

/** Renders an argument; a tuple of a target and its calldata goes to `steps` instead. */
function render(parameter: AbiParameter, value: unknown, labels: Labels, steps: DecodedCall[]): string {
  const list = /^(.*)\[\d*\]$/.exec(parameter.type);
  if (list !== null) {
    const item = { ...parameter, type: list[1] } as AbiParameter;
    const before = steps.length;
    const texts = (value as readonly unknown[]).map((element) => render(item, element, labels, steps));
    return steps.length > before ? `${steps.length - before} calls` : `[${texts.join(", ")}]`;
  }
  if ("components" in parameter) {
    const fields = value as Readonly<Record<string, unknown>>;
    const step = stepIn(parameter.components, fields);
    if (step !== undefined) {
      steps.push(decodeCall(step.to, step.data, labels));
      return "1 call";
    }
    const texts = parameter.components.map((component, index) =>
      named(component, index, render(component, fields[component.name ?? ""], labels, steps)),
    );
    return `{${texts.join(", ")}}`;
  }
  return renderScalar(value, labels);
}

/** A tuple with exactly one address and one `bytes` is a call: whatever its fields are called. */
function stepIn(
  components: readonly AbiParameter[],
  fields: Readonly<Record<string, unknown>>,
): { to: Address; data: Hex } | undefined {
  const ofType = (type: string) => components.filter((component) => component.type === type);
  const [targets, payloads] = [ofType("address"), ofType("bytes")];
  if (targets.length !== 1 || payloads.length !== 1) return undefined;
  return { to: fields[targets[0].name ?? ""] as Address, data: fields[payloads[0].name ?? ""] as Hex };
}

function renderScalar(value: unknown, labels: Labels): string {
  if (typeof value !== "string") return String(value);
  if (isAddress(value)) return labels.nameOf(value);
  return value.startsWith("0x") && value.length > 22 ? `${value.slice(0, 12)}… (${size(value as Hex)} bytes)` : value;
}

function named(parameter: AbiParameter, index: number, text: string): string {
  return parameter.name === undefined || parameter.name === "" ? `${index}: ${text}` : `${parameter.name}: ${text}`;
}
