import type { Action, FeedRound } from "../../src/protocol/actions.ts";
import type { GridView, ProtocolView, VolView } from "../../src/protocol/view.ts";

/** A round further away than this share may be doubted by the guard: nobody reckons with it. */
const SURE_MOVE = 0.1;

/**
 * The view that everybody can reckon with in the block that is being built: the state after the last block, at the new
 * block's time, with what the harness puts first in it: the feed's rounds, and the truth's vols in the controls.
 */
export function anticipatedView(
  view: ProtocolView,
  now: number,
  underlying: number,
  due: readonly FeedRound[],
  posts: readonly Action[],
): ProtocolView {
  const answer = due.at(-1)?.answer;
  const markets = view.markets.map((market) => {
    if (market.underlying !== underlying || answer === undefined || market.oracle !== "good") return market;
    return Math.abs(answer / market.price - 1) < SURE_MOVE ? { ...market, price: answer } : market;
  });
  return {
    ...view,
    time: now,
    markets,
    vols: posts.reduce((vols, post) => postedVols(view, vols, post, now), view.vols),
  };
}

/** The source's vols after a post has landed. */
function postedVols(view: ProtocolView, vols: VolView, post: Action, now: number): VolView {
  if (vols.source === "truth" && post.kind === "post-truth") {
    const place = view.expiries.findIndex(
      ({ underlying, expiry }) => underlying === post.underlying && expiry === post.expiry,
    );
    return { ...vols, byExpiry: vols.byExpiry.map((old, index) => (index === place ? post.vols : old)) };
  }
  if (vols.source === "grid" && post.kind === "post-smiles") {
    const byExpiry = view.expiries.map(({ underlying, expiry }, index): GridView => {
      const smile = post.smiles.find((each) => each.underlying === underlying && each.expiry === expiry);
      if (smile === undefined) return vols.byExpiry[index];
      const { referenceVol, sd, secondsToExpiry, vols: nodes } = smile;
      return { referenceVol, sd, secondsToExpiry, postedAt: now, nodes };
    });
    return { ...vols, byExpiry };
  }
  return vols;
}
