import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** Forbids importing the given layers from the given files: the arrows of the layout point one way. */
function layer(files, forbidden, why) {
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: forbidden.map((folder) => ({ regex: `(^|/)${folder}/`, message: why })) },
      ],
    },
  };
}

const simulationPath = [
  "src/**/*.ts",
  "sim/{world,agents,oracle,mempool,experiment,measure,search,scenarios,studies}/**/*.ts",
];

export default tseslint.config(
  { ignores: ["node_modules", "artifacts", "cache", "types", "dist", "runs"] },
  ...tseslint.configs.recommended,
  prettier,
  {
    rules: {
      "no-console": "off",
      eqeqeq: "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  layer(
    ["src/{pricing,processes,statistics,random}/**/*.ts"],
    ["chain", "protocol", "sim", "models"],
    "pure numerics know no chain",
  ),
  layer(["src/models/**/*.ts"], ["chain", "protocol", "sim"], "models know no chain and no world"),
  layer(["src/{chain,protocol}/**/*.ts"], ["sim"], "src is useful without the simulator"),
  layer(["sim/report/**/*.ts"], ["chain", "protocol", "agents", "mempool", "world"], "the report reads results only"),
  {
    files: simulationPath,
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "one seed gives one run: draw from an explicit stream" },
        { object: "Date", property: "now", message: "time is the block's" },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "time is the block's" },
      ],
    },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
