import type { Abi, Address, Hash, Hex } from "viem";
import { z } from "zod/v4";

/** First field of every bundle file. */
export const BUNDLE_FORMAT = "regimebreak-bundle";
/** Grows when a field changes its meaning; a reader accepts its own version only. */
export const BUNDLE_VERSION = 2;

const decimal = z.string().regex(/^(0|-?[1-9]\d*)$/, "expected a whole number as a decimal string");
const natural = z.string().regex(/^(0|[1-9]\d*)$/, "expected a whole number, 0 or more, as a decimal string");
const positive = z.string().regex(/^[1-9]\d*$/, "expected a whole number above 0 as a decimal string");
const count = z.number().int().nonnegative();
const hex = z.custom<Hex>((value) => typeof value === "string" && /^0x([0-9a-f]{2})*$/.test(value), {
  message: "expected lower-case hexadecimal bytes that begin with 0x",
});
const hash = z.custom<Hash>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value), {
  message: "expected 32 bytes of lower-case hexadecimal",
});
const address = z.custom<Address>((value) => typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value), {
  message: "expected a lower-case address",
});
const abi = z.custom<Abi>((value) => Array.isArray(value), { message: "expected an ABI" });

const engine = z.strictObject({
  name: z.string(),
  version: z.string(),
  hardfork: z.string(),
  chainId: count,
  /** Unix seconds. */
  initialDate: count,
  genesisGasLimit: natural,
  genesisBaseFeePerGas: natural,
});

const creation = z.strictObject({
  /** Fully qualified name of the artifact it was made from; null: not from this project's sources. */
  artifact: z.string().nullable(),
  /** Initcode without constructor arguments. */
  code: hex,
  /** Addresses of linked libraries by fully qualified name. */
  libraries: z.record(z.string(), address),
});

const call = z.strictObject({
  agent: z.string(),
  submission: z.string(),
  from: address,
  nonce: count,
  to: address.nullable(),
  value: natural,
  /** Calldata, or the constructor's arguments when `initcode` is given. */
  data: hex,
  /** Hash of an entry of the initcode store: the call is a creation. */
  initcode: hash.optional(),
  gas: natural,
  maxFeePerGas: natural,
  maxPriorityFeePerGas: natural,
  status: z.enum(["done", "reverted"]),
  /** Name of the error, where it is known. */
  error: z.string().nullable(),
});

const accountState = z.strictObject({
  address,
  /** Transactions that the account's sender has sent so far. */
  nonce: count,
  /** By label, in the units of the read's layout. */
  balances: z.record(z.string(), decimal),
  /** Keccak hash of the words of the account's part of the read. */
  hash,
});

const block = z.strictObject({
  /** SHA-256 of the block's canonical JSON without this field. */
  digest: hash,
  number: natural,
  /** Unix seconds. */
  timestamp: natural,
  baseFeePerGas: natural,
  gasLimit: natural,
  coinbase: address,
  prevRandao: hash,
  calls: z.array(call),
  notIncluded: z.array(z.strictObject({ agent: z.string(), submission: z.string(), why: z.string() })),
  expected: z.strictObject({
    stateRoot: hash,
    blockHash: hash,
    receiptsRoot: hash,
    gasUsed: natural,
    /** The aggregated read after this block: its place in `reads` and the keccak hash of what it returned. */
    read: z.strictObject({ call: count, hash }).nullable(),
    accounts: z.array(accountState),
  }),
});

/** A number within a word of a read: `bits` bits from bit `from` on, where bit 0 is the lowest. */
const field = z.strictObject({
  word: count,
  from: count.max(255),
  bits: count.min(1).max(256),
  /** Two's complement. */
  signed: z.boolean(),
});

/**
 * A whole number that follows from the words of a read: a sum of products of fields, each times `factor` over `divisor`,
 * rounded once at the end and never below zero.
 */
const figure = z.strictObject({
  sum: z.array(z.strictObject({ factor: decimal, divisor: positive, product: z.array(field) })),
  round: z.enum(["down", "up"]),
  /** The figure is not known when one of these products is not zero. */
  unknownWhen: z.array(z.array(field)),
});

/** Where in the words of a read there is what. */
const readLayout = z.strictObject({
  /** What belongs to an account: runs of words (first, count), and by label the word of a balance, signed. */
  accounts: z.array(
    z.strictObject({
      address,
      words: z.array(z.tuple([count, count])),
      balances: z.record(z.string(), count),
    }),
  ),
  balances: z.array(z.strictObject({ label: z.string(), decimals: count })),
  /** Numbers of the whole protocol, by name, that the rules of `breaks` refer to. */
  figures: z.record(z.string(), figure),
});

const limit = z.union([z.strictObject({ figure: z.string() }), decimal]);

/** A rule that replay can check again after each block, on figures of the read. One that is not known breaks nothing. */
const breakRule = z.discriminatedUnion("kind", [
  /** Fall of `figure`, or of `figure` per unit of `per`, from its highest value so far, above `limit` parts per million. */
  z.strictObject({ kind: z.literal("drawdown"), figure: z.string(), per: z.string().nullable(), limit: count }),
  /** `figure` above another figure, or above a fixed number. */
  z.strictObject({ kind: z.literal("exceeds"), figure: z.string(), limit }),
  /** `figure` below another figure, or below a fixed number. */
  z.strictObject({ kind: z.literal("falls-below"), figure: z.string(), limit }),
]);

const breakResult = z.strictObject({
  name: z.string(),
  broken: z.boolean(),
  /** First block in which it broke. */
  block: natural.nullable(),
  text: z.string(),
  /** Null: needs the truth of the world, which no chain holds. */
  rule: breakRule.nullable(),
});

const bundle = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  version: z.literal(BUNDLE_VERSION),
  /** SHA-256 of the canonical JSON without this field, every block replaced by its digest. */
  digest: hash,
  engine,
  /** What the run was, for its title. */
  run: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  hashes: z.record(z.string(), hash).refine((hashes) => "scenario" in hashes && "sources" in hashes, {
    message: "expected the hashes of the scenario and of the sources",
  }),
  genesis: z.array(z.strictObject({ address, balance: natural })),
  accounts: z.array(z.strictObject({ name: z.string(), address, sender: address })),
  contracts: z.array(z.strictObject({ name: z.string(), addresses: z.array(address), abi })),
  /** Event by which an account contract says what became of its steps; null: there is none. */
  outcomeEvent: z
    .strictObject({
      contract: z.string(),
      event: z.string(),
      /** Field that is true when all steps were done. */
      done: z.string(),
      /** Field with the revert data of the step that failed. */
      revertData: z.string(),
    })
    .nullable(),
  initcode: z.record(z.string(), creation),
  reads: z.array(z.strictObject({ to: address, data: hex })),
  read: readLayout,
  setup: z.array(block),
  blocks: z.array(block),
  story: z.array(
    z.strictObject({ block: natural, text: z.string(), vault: z.string(), insurance: z.string().nullable() }),
  ),
  money: z.strictObject({ unit: z.string(), decimals: count }),
  whoPaidWhom: z.array(z.strictObject({ from: z.string(), to: z.string(), amount: natural })),
  breaks: z.array(breakResult),
});

export const bundleSchema = bundle;

/** A run that can be repeated without agents or random numbers. Whole numbers beyond 2^53 are decimal strings. */
export type Bundle = z.infer<typeof bundle>;
export type BundleBlock = z.infer<typeof block>;
export type BundleCall = z.infer<typeof call>;
export type BundleAccountState = z.infer<typeof accountState>;
export type Creation = z.infer<typeof creation>;
export type ReadField = z.infer<typeof field>;
export type ReadFigure = z.infer<typeof figure>;
export type ReadLayout = z.infer<typeof readLayout>;
export type BreakRule = z.infer<typeof breakRule>;
export type BreakResult = z.infer<typeof breakResult>;
