/** A model that could not be fitted: which, what is wrong, and where in the data. Never a NaN model instead. */
export class ModelFitError extends Error {
  readonly model: string;
  readonly what: string;
  readonly where: string;

  constructor(model: string, what: string, where: string, cause?: unknown) {
    super(`${model} cannot be fitted: ${what} (${where})`, { cause });
    this.name = "ModelFitError";
    this.model = model;
    this.what = what;
    this.where = where;
  }
}

/** A prediction was asked for with a feature that the model uses and that is no number. */
export class ModelInputError extends Error {
  readonly model: string;
  readonly feature: string;

  constructor(model: string, feature: string, row: number, value: number) {
    super(`${model} needs feature ${feature}, which is ${value} in row ${row}`);
    this.name = "ModelInputError";
    this.model = model;
    this.feature = feature;
  }
}
