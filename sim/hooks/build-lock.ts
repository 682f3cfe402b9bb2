import { join } from "node:path";

import { MultiProcessMutex, MultiProcessMutexTimeoutError } from "@nomicfoundation/hardhat-utils/synchronization";

import { UserError } from "../../src/errors/user-error.ts";

/** Longer than any compilation; what is waited for then hangs. */
const LONGEST_WAIT_MINUTES = 15;

/**
 * Builds while no other process of the same project does: Hardhat's compile cache has one temporary file, over which two
 * builds fall. The lock of a process that died is taken over.
 * @param cacheDirectory - the project's, absolute
 * @throws {UserError} when a living process holds the lock for a quarter of an hour; what the build throws
 */
export async function oneBuildAtATime<T>(cacheDirectory: string, build: () => Promise<T>): Promise<T> {
  const release = await acquire(join(cacheDirectory, "regimebreak-build.lock"));
  try {
    return await build();
  } finally {
    await release();
  }
}

async function acquire(path: string): Promise<() => Promise<void>> {
  try {
    return await new MultiProcessMutex(path, LONGEST_WAIT_MINUTES * 60_000).acquire();
  } catch (error) {
    if (error instanceof MultiProcessMutexTimeoutError) {
      const what = `another build has held this lock for ${LONGEST_WAIT_MINUTES} minutes`;
      throw new UserError({ where: path, what, expected: "that build to end, or the file to be removed" }, error);
    }
    // No hard links on this file system, or another machine's lock: build as Hardhat itself does, unguarded.
    return async () => {};
  }
}
