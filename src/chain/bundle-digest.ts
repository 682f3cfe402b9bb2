import type { Hash } from "viem";
import type { Bundle, BundleBlock } from "./bundle-schema.ts";
import { digestOf } from "../json/canonical-json.ts";

/** @returns the digest that the block must carry */
export function blockDigest(block: Omit<BundleBlock, "digest">): Hash {
  return digestOf({ ...block, digest: undefined });
}

/** @returns the digest that the bundle must carry when its blocks carry theirs */
export function bundleDigest(bundle: Omit<Bundle, "digest">): Hash {
  const digests = (blocks: readonly BundleBlock[]) => blocks.map(({ digest }) => digest);
  return digestOf({ ...bundle, digest: undefined, setup: digests(bundle.setup), blocks: digests(bundle.blocks) });
}
