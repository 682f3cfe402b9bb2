/**
 * A regression tree as columns, a node each: inner nodes send a row left when its input is below the threshold, leaves
 * (input −1) hold a value.
 */
export interface FlatTree {
  readonly input: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

/** What `RandomForestRegression.toJSON()` of ml-random-forest says of a forest of one tree. */
export interface ForestOfOne {
  readonly baseModel: {
    /** Inputs of each tree, in the order that its splits count them. */
    readonly indexes: readonly (readonly number[])[];
    readonly estimators: readonly { readonly root: LibraryNode }[];
  };
}

interface LibraryNode {
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly left?: LibraryNode;
  readonly right?: LibraryNode;
  readonly distribution?: number;
}

/** The tree of a forest of one, out of the library's objects; a test holds its outputs to the library's. */
export function flatten({ baseModel }: ForestOfOne): FlatTree {
  const [inputs] = baseModel.indexes;
  const tree = { input: [], threshold: [], left: [], right: [], value: [] } as Record<keyof FlatTree, number[]>;
  const add = (node: LibraryNode): number => {
    const place = tree.input.length;
    const isLeaf = node.left === undefined || node.right === undefined;
    tree.input.push(isLeaf ? -1 : inputs[node.splitColumn!]);
    tree.threshold.push(isLeaf ? 0 : node.splitValue!);
    tree.value.push(isLeaf ? node.distribution! : 0);
    tree.left.push(-1);
    tree.right.push(-1);
    if (node.left !== undefined && node.right !== undefined) {
      tree.left[place] = add(node.left);
      tree.right[place] = add(node.right);
    }
    return place;
  };
  add(baseModel.estimators[0].root);
  return tree;
}

/** Value of the leaf that a row of inputs, beginning at `offset`, falls into. */
export function leafOf(tree: FlatTree, inputs: Float64Array, offset: number): number {
  let node = 0;
  while (tree.input[node] >= 0) {
    node = inputs[offset + tree.input[node]] < tree.threshold[node] ? tree.left[node] : tree.right[node];
  }
  return tree.value[node];
}

export function leavesOf({ input }: FlatTree): number {
  return input.filter((each) => each < 0).length;
}
