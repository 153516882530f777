interface SchemaError {
  keyword: string;
  instancePath: string;
  message?: string;
  params: Record<string, unknown>;
}

export interface FieldProblem {
  path: string;
  message: string;
}

/** The errors of a JSON Schema validator as sentences about fields. Branches of a union that only say "or null" are noise and left out. */
export function fieldProblems(errors: readonly SchemaError[], in_: 'body' | 'query'): FieldProblem[] {
  const told = errors.filter((error) => !isNoise(error) || errors.length === 1);
  const problems = (told.length > 0 ? told : errors).map((error) => problemOf(error, in_));
  const seen = new Set<string>();
  return problems.filter(({ path, message }) => !seen.has(`${path}\n${message}`) && seen.add(`${path}\n${message}`)).slice(0, 50);
}

function isNoise(error: SchemaError): boolean {
  return error.keyword === 'anyOf' || (error.keyword === 'type' && error.params['type'] === 'null');
}

function problemOf(error: SchemaError, in_: 'body' | 'query'): FieldProblem {
  const { keyword, params } = error;
  if (keyword === 'required') return { path: at(error, params['missingProperty'], in_), message: 'is missing' };
  if (keyword === 'additionalProperties') return { path: at(error, params['additionalProperty'], in_), message: 'is not a known field' };
  const path = at(error, undefined, in_);
  if (keyword === 'enum') return { path, message: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}` };
  return { path, message: error.message ?? 'is not valid' };
}

/** A JSON pointer into the body, or the name of a query parameter. */
function at(error: SchemaError, property: unknown, in_: 'body' | 'query'): string {
  const leaf = property === undefined ? '' : `/${String(property).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const pointer = error.instancePath + leaf;
  return in_ === 'query' ? pointer.replace(/^\//, '') : pointer;
}
