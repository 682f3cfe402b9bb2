/** What each draw of a path's step is for: the second half of its address. */
export const purposes = {
  variance: 0,
  diffusion: 1,
  jumpCount: 2,
  /** Starting variance; drawn once, at index 0. */
  start: 3,
  /** Whether a jump by design happens, when and how large; drawn once, at index 0. */
  designedJump: 4,
  designedJumpTime: 5,
  designedJumpSize: 6,
  /** Points between two steps of the grid. */
  firstBridge: 16,
  /** Acceptance, size and place of each candidate jump. */
  firstJump: 1 << 16,
  perJump: 4,
} as const;
